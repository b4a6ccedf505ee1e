package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Finding;
import dev.longshore.model.check.Findings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ExaminationTest {
  private static final Check FINE = check("fine", findings -> findings.fine("look", "well"));

  private interface HintTarget {
    void at(Findings findings) throws Exception;
  }

  private static Check check(String part, HintTarget look) {
    return new Check() {
      @Override
      public String part() {
        return part;
      }

      @Override
      public void look(Findings findings) throws Exception {
        look.at(findings);
      }
    };
  }

  @Test
  void aPartThatHangsIsToldAndHidesNoOtherAndNothingThatItSaidBefore() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Check hangs =
        check(
            "kafka",
            findings -> {
              findings.fine("log in", "1 broker");
              never.await();
            });

    List<Finding> all = new Examination(Duration.ofMillis(200)).of(List.of(hangs, FINE));

    assertThat(all)
        .containsExactly(
            new Finding.Fine("kafka", "log in", "1 broker"),
            new Finding.Wrong(
                "kafka",
                "look at kafka",
                "no answer within 0 s",
                "see whether it hangs or the way to it drops packets"),
            new Finding.Fine("fine", "look", "well"));
  }

  @Test
  void whatACheckThrowsIsItsFindingAndHidesNoOther() throws Exception {
    Check broken =
        check(
            "kubo a",
            findings -> {
              throw new IllegalArgumentException("tls: no certificate is in ca.pem");
            });

    List<Finding> all = new Examination(Duration.ofSeconds(5)).of(List.of(broken, FINE));

    assertThat(all).hasSize(2);
    assertThat(all.getFirst())
        .isInstanceOf(Finding.Wrong.class)
        .extracting(Finding::found)
        .isEqualTo("tls: no certificate is in ca.pem");
  }
}
