package dev.longshore.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.ipfs.testing.SharedKubos;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FlatfsFilesIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);

  @Test
  void filesOfARunningKuboAreReadFromItsRepository() throws Exception {
    KuboDaemon kubo = KUBOS.get(0);
    SampleDag dag = new SampleDag(61);
    kubo.client().importCar(dag.car(), Deadline.after(Duration.ofSeconds(60)));
    FlatfsFiles files = new FlatfsFiles(kubo.repository());

    assertThat(files.readable()).isTrue();
    try (InputStream stream = files.open(dag.bigFile())) {
      assertThat(stream.readAllBytes()).isEqualTo(dag.big());
    }
    kubo.lose(dag.leaf());
    try (InputStream stream = files.open(dag.bigFile())) {
      assertThatThrownBy(stream::readAllBytes)
          .isInstanceOfSatisfying(
              KuboException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_HELD));
    }
  }
}
