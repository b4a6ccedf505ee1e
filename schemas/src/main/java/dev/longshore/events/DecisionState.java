package dev.longshore.events;

import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.Decision.Hold;
import dev.longshore.events.Decision.Rest;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A decision of an operator. One of the last five says what it is; none where a later release knows
 * of another kind.
 *
 * @param id chosen by whoever wrote it first
 * @param version 1 at first, one more with each change; who changes it says which one it read
 * @param by who decided, as the audit log names callers
 * @param reason why, in that caller's words
 * @param decidedAt the writer's clock
 * @param until when it ends by itself; none if it does not
 * @param undone who took it back; none if it stands
 * @param forget an image is to be gone
 * @param hold a peer or a site gets nothing new
 * @param drain a peer gives all its copies away
 * @param confirm what a guard stopped may go on
 * @param rest the backfill of a registry rests
 */
public record DecisionState(
    String id,
    int version,
    String by,
    String reason,
    Instant decidedAt,
    @Nullable Instant until,
    @Nullable Undone undone,
    @Nullable Forget forget,
    @Nullable Hold hold,
    @Nullable Drain drain,
    @Nullable Confirm confirm,
    @Nullable Rest rest)
    implements State {

  public DecisionState {
    reason = ForeignText.cut(reason, ForeignText.REASON);
  }

  /** One of the kinds that the first releases know. */
  public DecisionState(
      String id,
      int version,
      String by,
      String reason,
      Instant decidedAt,
      @Nullable Instant until,
      @Nullable Undone undone,
      @Nullable Forget forget,
      @Nullable Hold hold,
      @Nullable Drain drain,
      @Nullable Confirm confirm) {
    this(id, version, by, reason, decidedAt, until, undone, forget, hold, drain, confirm, null);
  }

  /** A new decision. */
  public static DecisionState of(
      String id,
      Decision decision,
      String by,
      String reason,
      Instant decidedAt,
      @Nullable Instant until) {
    return new DecisionState(
        id,
        1,
        by,
        reason,
        decidedAt,
        until,
        null,
        decision instanceof Forget forget ? forget : null,
        decision instanceof Hold hold ? hold : null,
        decision instanceof Drain drain ? drain : null,
        decision instanceof Confirm confirm ? confirm : null,
        decision instanceof Rest rest ? rest : null);
  }

  /** The next version: it was taken back. */
  public DecisionState undone(Undone by) {
    return new DecisionState(
        id, version + 1, this.by, reason, decidedAt, until, by, forget, hold, drain, confirm, rest);
  }

  /** What was decided; none if a later release knows what. */
  public Optional<Decision> decision() {
    return Stream.<@Nullable Decision>of(forget, hold, drain, confirm, rest)
        .flatMap(Stream::ofNullable)
        .findFirst();
  }

  @Override
  public String key() {
    return id;
  }

  /**
   * That it was taken back.
   *
   * @param by who did, as the audit log names callers
   * @param reason why, in that caller's words
   * @param at the writer's clock
   */
  public record Undone(String by, String reason, Instant at) {
    public Undone {
      reason = ForeignText.cut(reason, ForeignText.REASON);
    }
  }
}
