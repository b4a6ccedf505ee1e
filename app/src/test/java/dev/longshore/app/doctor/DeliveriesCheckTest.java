package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.http.AskedService;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.check.testing.Found;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.watcher.Deliveries.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveriesCheckTest {
  @TempDir Path folder;

  private static Found look(AskedService service) throws Exception {
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(service.config(), Map.of(), List.of()))
            .settings();
    return Found.by(new DeliveriesCheck(settings.shared()));
  }

  @Test
  void namesTheSenderAndWhatWasWrong() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      service.deliveries.add(
          "core", "harbor", Outcome.NOT_UNDERSTOOD, "Harbor has no event 'X'", List.of());
      service.deliveries.add("core", "harbor", Outcome.HINT, "push of a/b:v1", List.of());
      service.deliveries.add(
          "ghcr", "github", Outcome.REFUSED, "the signature is not of this body", List.of());

      assertThat(look(service).warnings().lines())
          .hasSize(2)
          .anyMatch(
              text ->
                  text.contains("harbor for core was not understood")
                      && text.contains("Harbor has no event 'X'"))
          .anyMatch(
              text ->
                  text.contains("github for ghcr was refused")
                      && text.contains("longshore webhook github"));
    }
  }

  @Test
  void aSenderThatWasAdmittedSinceIsFine() throws Exception {
    try (AskedService service = new AskedService(folder)) {
      service.deliveries.add("core", "harbor", Outcome.REFUSED, "it showed nothing", List.of());
      service.deliveries.add("core", "harbor", Outcome.HINT, "push of a/b:v1", List.of());

      Found found = look(service);

      assertThat(found.warnings()).isEmpty();
      assertThat(found.fine()).contains("2 of late, all understood");
    }
  }
}
