package dev.longshore.app.login;

import dev.longshore.model.Excerpt;
import dev.longshore.oci.login.IssuedCredentials;
import dev.longshore.oci.login.KeptLogin;
import dev.longshore.oci.login.NoLoginException;
import dev.longshore.programs.Inquiry;
import dev.longshore.programs.ProgramException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Asks a program for credentials.
 *
 * @param input what it reads
 * @param reader reads its answer
 * @param refusal its own reason, if it says one in a way that cannot hold a secret
 */
record ProgramSource(
    List<String> line,
    String input,
    Duration limit,
    Reader reader,
    Function<String, Optional<String>> refusal)
    implements KeptLogin.Source {
  /** Those of clouds call their services over the network, some with retries. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  /** Bytes; a token of ECR has 3 kB. */
  private static final int MOST = 64 * 1024;

  /**
   * Variables that they see: what finds programs, people's files, the network and a cloud's role.
   */
  private static final Pattern VARIABLES =
      Pattern.compile(
          "PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|XDG_.*|SSL_CERT_(FILE|DIR)"
              + "|(HTTP|HTTPS|NO|ALL)_PROXY|DOCKER_CONFIG|AWS_.*|GOOGLE_.*|CLOUDSDK_.*|AZURE_.*"
              + "|GNUPGHOME|PASSWORD_STORE_DIR|DBUS_SESSION_BUS_ADDRESS");

  /** Characters of its error output that are shown, from the end, where the reason stands. */
  private static final int SHOWN = 160;

  private static final int LOOKED_AT = 2_000;

  /** What people would call a word, and what looks like a secret: it is long and has no space. */
  private static final Pattern WORD = Pattern.compile("[^\\s\"'{}:,=\\[\\]()<>]+");

  /** Such as a shell prints when it traces its commands. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)((?:pass(?:word|wd)?|secret|token|key|auth(?:orization)?)[\"']?\\s*[=:]\\s*[\"']?"
              + "|\\b(?:basic|bearer)\\s+)\\S+");

  private static final int LONGEST_WORD = 24;
  private static final int SHORTEST_SECRET = 3;

  /** Reads an answer. */
  @FunctionalInterface
  interface Reader {
    IssuedCredentials read(byte[] out) throws NoLoginException;
  }

  @Override
  public IssuedCredentials ask() throws NoLoginException, InterruptedException {
    Inquiry.Answer answer;
    try {
      answer = new Inquiry(line, environment(System.getenv()), input, limit, MOST).ask();
    } catch (ProgramException e) {
      throw new NoLoginException(e.getMessage() + "; " + remedy());
    }
    if (answer.exitCode() != 0) {
      throw failed("it ended with exit code " + answer.exitCode(), answer);
    }
    try {
      return reader.read(answer.out().getBytes(StandardCharsets.UTF_8));
    } catch (NoLoginException e) {
      throw failed(String.valueOf(e.getMessage()), answer);
    }
  }

  private NoLoginException failed(String how, Inquiry.Answer answer) {
    String said =
        refusal
            .apply(answer.out())
            .or(() -> Optional.of(shown(answer)).filter(text -> !text.isEmpty()))
            .map(text -> ", and said: " + text)
            .orElse("");
    return new NoLoginException(how + said + "; " + remedy());
  }

  private static String remedy() {
    return "run it by hand as the user of this process";
  }

  /** Its error output without what may be a secret: it may have printed its answer there, too. */
  private static String shown(Inquiry.Answer answer) {
    List<String> secrets =
        WORD.matcher(answer.out())
            .results()
            .map(word -> word.group())
            .filter(word -> word.length() >= SHORTEST_SECRET)
            .toList();
    int from = Math.max(0, answer.err().length() - LOOKED_AT);
    String unnamed = NAMED.matcher(answer.err().substring(from)).replaceAll("$1***");
    String err = WORD.matcher(unnamed).replaceAll(word -> hidden(word.group(), secrets));
    String line = Excerpt.line(err.replaceAll("\\s+", " ").strip());
    return line.length() <= SHOWN ? line : "..." + line.substring(line.length() - SHOWN);
  }

  private static String hidden(String word, List<String> secrets) {
    boolean path = word.startsWith("/") || word.startsWith("http");
    boolean secret =
        (word.length() > LONGEST_WORD && !path)
            || secrets.stream().anyMatch(s -> word.contains(s) || isPart(word, s));
    return secret ? "***" : Matcher.quoteReplacement(word);
  }

  private static boolean isPart(String word, String secret) {
    return word.length() >= SHORTEST_SECRET && secret.contains(word);
  }

  /** Of ours only what it needs: another's may be secret. */
  static Map<String, String> environment(Map<String, String> ours) {
    return ours.entrySet().stream()
        .filter(v -> VARIABLES.matcher(v.getKey().toUpperCase(Locale.ROOT)).matches())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
