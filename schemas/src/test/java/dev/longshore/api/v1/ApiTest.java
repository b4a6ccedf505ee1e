package dev.longshore.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Timestamp;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Clients of older releases go on working: numbers, types and names of fields never change. */
class ApiTest {
  private static final Path GOLDEN = Path.of("golden", "api.v1.txt");

  @Test
  void everyFieldThatWasEverReleasedIsThereAsItWas() throws IOException {
    List<String> now =
        Stream.of(
                Copies.getDescriptor(),
                ResolverOuterClass.getDescriptor(),
                PinnerOuterClass.getDescriptor())
            .flatMap(f -> lines(f).stream())
            .toList();

    assertThat(now)
        .as("a line that changes or goes breaks clients; add new ones to %s", GOLDEN)
        .containsExactlyElementsOf(Files.readAllLines(GOLDEN));
  }

  @Test
  void methodsHaveTheNamesThatClientsCall() {
    assertThat(
            Stream.of(
                ResolverGrpc.getResolveMethod(),
                PinnerGrpc.getGetPinMethod(),
                PinnerGrpc.getListPinsMethod()))
        .extracting(MethodDescriptor::getFullMethodName)
        .containsExactly(
            "longshore.v1.Resolver/Resolve",
            "longshore.v1.Pinner/GetPin",
            "longshore.v1.Pinner/ListPins");
  }

  @Test
  void anAnswerSurvivesTheWire() throws Exception {
    ResolveResponse answer =
        ResolveResponse.newBuilder()
            .addImages(
                Image.newBuilder()
                    .setDigest("sha256:aa")
                    .addConversions(
                        Conversion.newBuilder()
                            .setMode(Mode.MODE_PLAIN)
                            .setPin(Pin.newBuilder().setWanted(3).setVerified(2))))
            .setCompleteAt(Timestamp.newBuilder().setSeconds(1))
            .build();

    assertThat(ResolveResponse.parseFrom(answer.toByteArray())).isEqualTo(answer);
  }

  private static List<String> lines(FileDescriptor file) {
    List<String> lines = new ArrayList<>();
    for (EnumDescriptor type : file.getEnumTypes()) {
      type.getValues()
          .forEach(v -> lines.add(type.getName() + "." + v.getName() + " = " + v.getNumber()));
    }
    for (Descriptor message : file.getMessageTypes()) {
      message.getFields().forEach(f -> lines.add(line(message, f)));
    }
    return lines;
  }

  private static String line(Descriptor message, FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getFullName();
          case ENUM -> field.getEnumType().getFullName();
          case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
              field.getLiteType().name().toLowerCase(Locale.ROOT);
        };
    return message.getName()
        + "."
        + field.getName()
        + " = "
        + field.getNumber()
        + (field.isRepeated() ? " repeated " : " ")
        + type;
  }
}
