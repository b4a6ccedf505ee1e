package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code webhook --test} hears of what a real registry sends to a running watcher. */
@Timeout(120)
class WebhookTrialIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private final DevelopmentCluster cluster = CLUSTER.get();
  private final RepositoryName name = cluster.name("webhook-trial/app");
  private int pushed;

  @Test
  void aPushToTheRegistryEndsTheWaitAndSaysWhatItWouldDo() throws Exception {
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Ended> trial =
          thread.submit(
              () ->
                  cluster.runWell(
                      "webhook", "distribution", "--registry", "local", "--test", "--wait", "60"));

      Ended ended = whilePushing(trial);

      assertThat(ended.out())
          .contains("arrived   distribution: push of webhook-trial/app:v")
          .contains("would     look at " + name + ":v")
          .contains("copies 3");
    }
  }

  /** When it begins to wait, only it knows. */
  private Ended whilePushing(Future<Ended> trial) throws Exception {
    while (true) {
      InMemoryRegistry source = new InMemoryRegistry();
      source.push(name, "v" + pushed, RandomImage.of(4_700 + pushed));
      cluster.push(source, name, "v" + pushed++);
      try {
        return trial.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        assertThat(pushed).isLessThan(60);
      }
    }
  }
}
