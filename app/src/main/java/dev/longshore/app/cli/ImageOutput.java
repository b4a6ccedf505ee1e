package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.SourceRegistries;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.files.OciLayoutSource;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.RegistryPusher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Writes an image to the destination in the options; nothing appears there before it is whole. */
final class ImageOutput {
  private final Settings settings;
  private final OutputOptions options;
  private final KnownNames names;

  ImageOutput(Settings settings, OutputOptions options) {
    this.settings = settings;
    this.options = options;
    this.names = new KnownNames(settings.shared().registries());
  }

  /** Makes the image in a layout. */
  @FunctionalInterface
  interface Making {
    Descriptor into(OciLayoutWriter layout) throws IOException;
  }

  /** Checks, before anything is read, that there is somewhere to write to. */
  void require() throws QueryException {
    if (options.output == null && options.to == null) {
      throw new CommandException(
          ExitCode.USAGE,
          "nowhere to write to (expected: -o FOLDER, -o FILE.tar or --to REF)",
          null);
    }
    to();
    named();
  }

  private Optional<Reference> to() throws QueryException {
    if (options.to == null) {
      return Optional.empty();
    }
    Reference to = names.reference(options.to);
    if (to.tag().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "--to: %s has no tag (expected: such as %s:v1)".formatted(to, to.name()),
          null);
    }
    return Optional.of(to);
  }

  private Optional<Reference> named() throws QueryException {
    return options.name == null ? Optional.empty() : Optional.of(names.reference(options.name));
  }

  /**
   * Makes and delivers the image.
   *
   * @param asked the default name of the result; empty if it must not replace the image it was made
   *     from
   */
  Descriptor deliver(Optional<Reference> asked, Making making) throws QueryException {
    Optional<Reference> name = named().or(() -> asked);
    try (OciLayoutWriter layout = begin();
        OnInterrupt _ = OnInterrupt.remove(layout)) {
      Descriptor top = making.into(layout);
      layout.index(
          top, name.flatMap(Reference::tag), name.filter(known -> known.tag().isPresent()));
      Optional<Reference> to = to();
      if (to.isPresent()) {
        push(layout, top, to.get());
      }
      Path output = options.output;
      if (output != null) {
        finish(layout, output);
      }
      return top;
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private OciLayoutWriter begin() throws IOException {
    return options.output == null
        ? OciLayoutWriter.in(Path.of(System.getProperty("java.io.tmpdir")))
        : OciLayoutWriter.beside(options.output);
  }

  private static void finish(OciLayoutWriter layout, Path output) throws IOException {
    if (output.toString().endsWith(".tar")) {
      layout.archiveAs(output);
    } else {
      layout.moveTo(output);
    }
  }

  private void push(OciLayoutWriter layout, Descriptor top, Reference to) throws IOException {
    OciLayoutSource source = OciLayoutSource.open(layout.folder(), to.name());
    new RegistryPusher(
            SourceRegistries.of(settings.shared().registries()), ClientSettings.defaults())
        .push(
            source,
            Reference.digested(to.name(), top.digest()),
            to.name(),
            to.tag().orElseThrow().text());
  }

  /** Reports what was written, for people and for machines. */
  void tell(Terminal terminal, boolean json, Descriptor top) {
    if (json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("digest", top.digest().toString());
      answer.put("mediaType", top.mediaType());
      answer.put("output", options.output == null ? null : options.output.toString());
      answer.put("pushed", options.to);
      terminal.json(answer);
    } else {
      terminal.result(top.digest().toString());
    }
  }
}
