package dev.longshore.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/**
 * Picocli's own factory, made when something is to be made: once it is there it looks for Groovy in
 * every jar of the class path.
 */
final class LateFactory implements IFactory {
  @Override
  public <K> K create(Class<K> type) throws Exception {
    return CommandLine.defaultFactory().create(type);
  }
}
