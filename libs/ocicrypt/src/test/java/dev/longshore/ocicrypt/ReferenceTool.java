package dev.longshore.ocicrypt;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** containers/ocicrypt itself, on files in one folder. */
final class ReferenceTool {
  private static final JsonMapper JSON = new JsonMapper();

  private final Command tool;
  private final Path folder;

  ReferenceTool(Path folder) throws IOException, InterruptedException {
    this.tool = Tools.ofProject().command("ocicrypt-check").in(folder);
    this.folder = folder;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sealed(byte[] bytes, SortedMap<String, String> annotations) {}

  void put(String name, byte[] file) throws IOException {
    Files.write(folder.resolve(name), file);
  }

  Sealed encrypt(byte[] plain, List<String> recipients) throws IOException {
    put("plain", plain);
    List<String> arguments = new ArrayList<>(List.of("encrypt", "-in", "plain", "-out", "sealed"));
    arguments.addAll(repeated("-recipient", recipients));
    run(arguments);
    return new Sealed(Files.readAllBytes(folder.resolve("sealed")), annotations());
  }

  /** The annotations with further recipients. */
  SortedMap<String, String> add(
      Map<String, String> annotations, List<String> keys, List<String> recipients)
      throws IOException {
    JSON.writeValue(folder.resolve("annotations").toFile(), annotations);
    List<String> arguments = new ArrayList<>(List.of("add"));
    arguments.addAll(repeated("-key", keys));
    arguments.addAll(repeated("-recipient", recipients));
    run(arguments);
    return annotations();
  }

  byte[] decrypt(Sealed sealed, List<String> keys, List<String> certificates) throws IOException {
    put("sealed", sealed.bytes);
    JSON.writeValue(folder.resolve("annotations").toFile(), sealed.annotations);
    List<String> arguments = new ArrayList<>(List.of("decrypt", "-in", "sealed", "-out", "opened"));
    arguments.addAll(repeated("-key", keys));
    arguments.addAll(repeated("-certificate", certificates));
    run(arguments);
    return Files.readAllBytes(folder.resolve("opened"));
  }

  private SortedMap<String, String> annotations() throws IOException {
    return new TreeMap<>(
        JSON.readValue(
            folder.resolve("annotations").toFile(), new TypeReference<Map<String, String>>() {}));
  }

  private static List<String> repeated(String flag, List<String> values) {
    return values.stream().flatMap(value -> List.of(flag, value).stream()).toList();
  }

  private void run(List<String> arguments) throws IOException {
    try {
      tool.with(arguments.toArray(String[]::new))
          .run("-annotations", "annotations", "-ring", "ring.gpg");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
