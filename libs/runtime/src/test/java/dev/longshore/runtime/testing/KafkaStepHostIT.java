package dev.longshore.runtime.testing;

/** Kafka hosts steps as it must. */
final class KafkaStepHostIT extends StepHostConformance {

  @Override
  protected StepHostBed bed() throws Exception {
    return new KafkaBed();
  }
}
