package dev.longshore.bench.serve;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.Shell;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Clients that fetch a blob and throw it away: curl, a process each.
 *
 * @param servers whose CPU time counts; the clients' does not
 * @param size bytes of the blob
 */
record CurlClients(ProcessTree servers, long size) {
  /** All clients begin at once; the sample ends with the last of them. */
  Sample fetch(String url, int clients) throws IOException, InterruptedException {
    String client = "curl -sSf -o /dev/null -w '%{size_download}\\n' '" + url + "' & pids+=($!)\n";
    String script =
        "pids=()\n"
            + String.join("", Collections.nCopies(clients, client))
            + "for pid in \"${pids[@]}\"; do wait \"$pid\"; done";
    Stopwatch watch = Stopwatch.start(servers);
    String printed = Shell.script(script, Map.of());
    Sample sample = watch.sample(clients * size);
    List<String> wanted = Collections.nCopies(clients, Long.toString(size));
    if (!printed.lines().toList().equals(wanted)) {
      throw new IOException(
          "%s: clients got %s bytes (expected: %d each)"
              .formatted(url, printed.replace('\n', ' '), size));
    }
    return sample;
  }
}
