package dev.longshore.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/**
 * Picocli's own factory, created on first use: creating it searches every jar of the class path for
 * Groovy.
 */
final class LateFactory implements IFactory {
  @Override
  public <K> K create(Class<K> type) throws Exception {
    return CommandLine.defaultFactory().create(type);
  }
}
