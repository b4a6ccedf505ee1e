package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.converter.ingest.Spans;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.TransientFailure;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpansTest {
  private final Kept kept = new Kept();
  private final OpenTelemetrySdk telemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(kept))
                  .build())
          .build();
  private final TestConverter converter = new TestConverter(telemetry);
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final Descriptor layer = uploads.layer(1, 5000);
  private final Descriptor image = uploads.image(layer);

  @AfterEach
  void stop() {
    telemetry.close();
  }

  @Test
  void sayWhatAConversionWaitedForAndHowManyBytesThatWas() throws Exception {
    converter.handle(observed(APP, "1", image));

    SpanData convert = kept.one("convert");
    assertThat(convert.getAttributes().get(Spans.DIGEST)).isEqualTo(image.digest().toString());
    assertThat(kept.spans.stream().filter(s -> s.getName().equals("pull blob")))
        .hasSize(2)
        .allSatisfy(s -> assertThat(s.getParentSpanId()).isEqualTo(convert.getSpanId()))
        .anySatisfy(s -> assertThat(s.getAttributes().get(Spans.BYTES)).isEqualTo(5000));
    SpanData pin = kept.one("pin");
    assertThat(pin.getParentSpanId()).isEqualTo(convert.getSpanId());
    assertThat(pin.getAttributes().get(Spans.CID))
        .isEqualTo(converter.announced().getFirst().imageDag().toString());
    assertThat(pin.getAttributes().get(Spans.PEER)).isEqualTo("ingest");
  }

  @Test
  void sayThatSomethingFailed() {
    converter.registry.faults().next(layer.digest().toString(), new Fault.Status(503));

    assertThatThrownBy(() -> converter.handle(observed(APP, "1", image)))
        .isInstanceOf(TransientFailure.class);

    assertThat(kept.one("convert").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  private static final class Kept implements SpanExporter {
    final Queue<SpanData> spans = new ConcurrentLinkedQueue<>();

    SpanData one(String name) {
      return spans.stream().filter(s -> s.getName().equals(name)).findFirst().orElseThrow();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
      spans.addAll(ended);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
