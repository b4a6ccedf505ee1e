package dev.longshore.bench.measure;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process and all that it started, ended ones included. */
public record ProcessTree(ProcessHandle root) {
  /** This process's. */
  public static ProcessTree own() {
    return new ProcessTree(ProcessHandle.current());
  }

  /** User and system time so far, in steps of 10 ms a process. */
  public double cpuSeconds() {
    return Stream.concat(Stream.of(root), root.descendants())
        .flatMap(process -> ProcessStat.of(process.pid()).stream())
        .mapToDouble(stat -> stat.ownSeconds() + stat.reapedSeconds())
        .sum();
  }

  /**
   * The same of the root's own threads whose names begin so, as far as they live.
   *
   * @param name at most 15 characters, as Linux keeps no more
   */
  public double threadSeconds(String name) {
    return ProcessStat.threadSeconds(root.pid(), name);
  }

  /** The same of the compilers of the root alone, a JVM. */
  public double compilerSeconds() {
    return threadSeconds("C1 CompilerThre") + threadSeconds("C2 CompilerThre");
  }

  /** User and system time so far by program, as its file is called. */
  public Map<String, Double> cpuSecondsByProgram() {
    return Stream.concat(Stream.of(root), root.descendants())
        .collect(
            Collectors.groupingBy(
                ProcessTree::program,
                TreeMap::new,
                Collectors.summingDouble(
                    process ->
                        ProcessStat.of(process.pid()).map(ProcessStat::ownSeconds).orElse(0.0))));
  }

  private static String program(ProcessHandle process) {
    return process.info().command().map(path -> path.replaceFirst(".*/", "")).orElse("ended");
  }

  /** Bytes that the root alone has resident. */
  public long residentBytes() throws IOException {
    return ProcessStat.residentBytes(root.pid());
  }

  /** Most bytes that the root alone ever had resident. */
  public long peakResidentBytes() throws IOException {
    return ProcessStat.peakResidentBytes(root.pid());
  }
}
