package dev.longshore.app.cli;

import dev.longshore.app.query.Answer;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.http.NotAnsweredException;
import dev.longshore.app.query.http.QueryClient;
import dev.longshore.app.settings.Settings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers a question of the command line. It asks a running service first, which has already read
 * Kafka, and reads Kafka itself if none answers.
 */
final class Asking {
  private final Terminal terminal;
  private final CommonOptions options;

  Asking(Terminal terminal, CommonOptions options) {
    this.terminal = terminal;
    this.options = options;
  }

  /** Fails if the question is invalid in any case. */
  @FunctionalInterface
  interface Check {
    void look(Queries queries) throws QueryException;
  }

  /** A question, whichever side answers it. */
  @FunctionalInterface
  interface Question {
    Answer ask(Queries queries) throws QueryException, InterruptedException;
  }

  /**
   * Prints the answer and returns the exit code.
   *
   * @param query the question's name at a service
   * @param image the image in question; all if null
   */
  int answer(String query, @Nullable String image, Check check, Question question)
      throws QueryException, InterruptedException {
    return answer(query, image, null, check, question);
  }

  /**
   * The same about a site.
   *
   * @param site the site in question; all if null
   */
  int answer(
      String query, @Nullable String image, @Nullable String site, Check check, Question question)
      throws QueryException, InterruptedException {
    Settings settings = options.settings();
    try (OwnCatalog catalog = new OwnCatalog(settings);
        ReadSites sites = new ReadSites(settings, catalog)) {
      Queries own = new Queries(settings, catalog, sites);
      check.look(own);
      Optional<QueryClient.Told> told = told(settings, query, image, site);
      return told.isPresent()
          ? terminal.answer(told.get())
          : terminal.answer(question.ask(own), options.json);
    }
  }

  private Optional<QueryClient.Told> told(
      Settings settings, String query, @Nullable String image, @Nullable String site) {
    if (FewJars.didNotDo()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new QueryClient(settings.shared()).ask(query, image, site, options.json));
    } catch (NotAnsweredException e) {
      if (options.debug) {
        terminal.done(reads(e));
      }
      return Optional.empty();
    }
  }

  /** Where the answer comes from, and why. */
  static String reads(NotAnsweredException e) {
    return "Kafka is read, as no service answered: " + e.getMessage();
  }
}
