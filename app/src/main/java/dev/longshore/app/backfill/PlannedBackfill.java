package dev.longshore.app.backfill;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.backfill.BackfillCount.Named;
import dev.longshore.app.backfill.BackfillCount.Need;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.model.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a backfill would cost, for people and for programs. */
public final class PlannedBackfill {
  /** What people see by name of what is not in the plan. */
  private static final int SHOWN = 20;

  private static final double PERCENT = 100;

  private final BackfillCount count;
  private final KnownSizes sizes;
  private OptionalLong rate = OptionalLong.empty();
  private Optional<BackfillPace.Quota> quota = Optional.empty();

  PlannedBackfill(BackfillCount count, KnownSizes sizes) {
    this.count = count;
    this.sizes = sizes;
  }

  /** At so many bytes a second from the registries. */
  public PlannedBackfill at(long bytesPerSecond) {
    rate = OptionalLong.of(bytesPerSecond);
    return this;
  }

  /** With so many manifests in that time. */
  public PlannedBackfill within(long manifests, Duration time) {
    quota = Optional.of(new BackfillPace.Quota(manifests, time));
    return this;
  }

  /** Whether all was seen, and each peer has room for its part. */
  public boolean fits() {
    return count.fits();
  }

  static String size(long bytes) {
    return Sizes.text(bytes);
  }

  private BackfillPace pace() {
    return new BackfillPace(count.registries, rate, sizes.bytesPerSecond(), quota);
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    line(
        lines,
        "images",
        "%d to mirror, %d different ones%s; %d more are here already%s"
            .formatted(
                count.images,
                count.digests,
                count.referrers == 0
                    ? ""
                    : ", %d of them signatures and the like".formatted(count.referrers),
                count.mirrored,
                count.forgotten == 0 ? "" : ", %d are forgotten".formatted(count.forgotten)));
    line(
        lines,
        "content",
        "%d blobs, %s; %s if images shared none: %.1f %% is shared"
            .formatted(
                count.blobs, size(count.blobBytes), size(count.unsharedBytes), shared() * PERCENT));
    if (count.knownBlobs > 0) {
      line(
          lines,
          "",
          "%d of these blobs, %s, were read before"
              .formatted(count.knownBlobs, size(count.knownBytes)));
    }
    count.modes.forEach(
        (mode, stored) ->
            line(
                lines,
                mode.text(),
                "%d images, %s%s".formatted(stored.images, size(stored.bytes), estimate(mode))));
    count.rules.forEach(
        (match, stored) ->
            line(
                lines,
                "rule",
                "%s: %d images in their modes, %d copies"
                    .formatted(match, stored.images, stored.copies)));
    count.registries.forEach(work -> registry(work, lines));
    time(lines);
    count.needs.forEach(need -> line(lines, need.space.peer().text(), words(need)));
    notMirrored(lines);
    lines.add(verdict());
    return lines;
  }

  private static void line(List<String> lines, String name, String words) {
    lines.add("%-9s %s".formatted(name, words));
  }

  private double shared() {
    return count.unsharedBytes == 0 ? 0 : 1 - (double) count.blobBytes / count.unsharedBytes;
  }

  private String estimate(Mode mode) {
    if (mode == Mode.PLAIN) {
      return "";
    }
    Integer measured = sizes.measured().get(mode);
    return String.format(
        Locale.ROOT,
        " (an estimate: layers %.2f times as large, %s)",
        sizes.factor(mode),
        measured == null ? "as a rule" : "as in " + measured + " images that are here");
  }

  private static void registry(RegistryWork work, List<String> lines) {
    line(
        lines,
        "line",
        "%s from %s, each blob once for each mode that changes it"
            .formatted(size(work.bytes), work.host));
    line(
        lines,
        "requests",
        "%d to %s: %d of polls, %d looks at tags, %d manifests (what Docker Hub counts), %d blobs,"
                .formatted(
                    work.requests(), work.host, work.polls, work.looks, work.manifests, work.blobs)
            + " %d questions for shared ones; this plan took %d%s"
                .formatted(
                    work.questions,
                    work.ofPlan,
                    work.remembered == 0
                        ? ""
                        : ", and had %d answers from before".formatted(work.remembered)));
  }

  private void time(List<String> lines) {
    BackfillPace pace = pace();
    boolean known = pace.parts().stream().allMatch(part -> part.takes().isPresent());
    line(
        lines,
        "time",
        pace.bound()
                .map(
                    part ->
                        "%s or more, by its %s"
                            .formatted(BackfillPace.words(part.takes().orElseThrow()), part.name()))
                .orElse("not known")
            + (known ? "" : "; how long the line takes is not known"));
    for (BackfillPace.Part part : pace.parts()) {
      line(
          lines,
          "",
          "%s: %s, %s"
              .formatted(
                  part.name(),
                  part.takes().map(BackfillPace::words).orElse("not known"),
                  part.words()));
    }
  }

  private static String words(Need need) {
    if (need.space.state().isPresent()) {
      return "gets none: it is " + need.space.state().get();
    }
    String known =
        need.here > 0
            ? " (%s of it is there already)".formatted(size(need.here))
            : need.known == 0 ? "" : " (%s of it may be there already)".formatted(size(need.known));
    String needs = "needs %s for %d copies%s, ".formatted(size(need.bytes), need.copies, known);
    if (need.space.free().isEmpty()) {
      return needs + "and nobody knows what it has room for";
    }
    return needs
        + "has %s free less %s that stay free%s: %s"
            .formatted(
                size(need.space.free().getAsLong()),
                size(need.space.reserve()),
                need.space.underWay() == 0
                    ? ""
                    : " and %s for copies under way".formatted(size(need.space.underWay())),
                need.lacks() == 0 ? "fits" : "lacks " + size(need.lacks()));
  }

  private void notMirrored(List<String> lines) {
    if (count.unwanted > 0) {
      line(lines, "left out", "%d repositories that no rule mirrors".formatted(count.unwanted));
    }
    if (!count.passedOver.isEmpty()) {
      line(
          lines,
          "left out",
          count.passedOver.entrySet().stream()
              .map(reason -> "%d %s".formatted(reason.getValue(), reason.getKey()))
              .collect(Collectors.joining(", ", "", "; they will not be mirrored as they are")));
    }
    if (count.unseen > 0) {
      line(
          lines,
          "not seen",
          "%d repositories or images could not be read now".formatted(count.unseen));
    }
    count.named.stream()
        .limit(SHOWN)
        .forEach(
            one ->
                line(
                    lines,
                    "",
                    one.what()
                        + (one.reason().isEmpty() ? ", not seen: " : ", " + one.reason() + ": ")
                        + one.why()));
    long all = count.unseen + count.passedOver.values().stream().mapToLong(n -> n).sum();
    if (all > SHOWN) {
      line(
          lines,
          "",
          "... and %d more; --json names the first %d".formatted(all - SHOWN, BackfillCount.NAMED));
    }
  }

  private String verdict() {
    if (fits()) {
      return "it fits";
    }
    List<String> why = new ArrayList<>();
    for (Need need : count.needs) {
      if (need.lacks() > 0) {
        why.add(
            "%s lacks %s (%d bytes)"
                .formatted(need.space.peer(), size(need.lacks()), need.lacks()));
      }
    }
    List<String> advice = new ArrayList<>();
    if (!why.isEmpty()) {
      advice.add(
          "give these peers more room (capacity, Datastore.StorageMax, disks) or less weight, add"
              + " peers, or have rules take fewer tags, platforms, modes or copies");
    }
    if (count.tooFewPeers > 0) {
      why.add("%d images have too few peers for their copies".formatted(count.tooFewPeers));
      advice.add("add peers that their rules allow, or ask for fewer copies");
    }
    List<String> unknown =
        count.needs.stream().filter(Need::isUnknown).map(need -> need.space.peer().text()).toList();
    if (!unknown.isEmpty()) {
      why.add("nobody knows what %s has room for".formatted(String.join(", ", unknown)));
      advice.add("set capacity of that peer, or plan where its rpc can be reached");
    }
    if (count.unseen > 0) {
      why.add("%d could not be read".formatted(count.unseen));
      advice.add("mend what is named above, and plan again");
    }
    return "it does not fit: %s; %s".formatted(String.join(", ", why), String.join("; ", advice));
  }

  /** For programs. */
  public ObjectNode json() {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.put("fits", fits());
    all.put("images", count.images);
    all.put("digests", count.digests);
    all.put("referrers", count.referrers);
    all.put("mirrored", count.mirrored);
    all.put("forgotten", count.forgotten);
    all.put("blobs", count.blobs);
    all.put("blobBytes", count.blobBytes);
    all.put("unsharedBytes", count.unsharedBytes);
    all.put("knownBlobs", count.knownBlobs);
    all.put("knownBytes", count.knownBytes);
    ArrayNode modes = all.putArray("modes");
    count.modes.forEach(
        (mode, stored) -> {
          ObjectNode one = modes.addObject().put("mode", mode.text());
          one.put("images", stored.images).put("bytes", stored.bytes);
          one.put("estimated", mode != Mode.PLAIN).put("factor", sizes.factor(mode));
        });
    ArrayNode rules = all.putArray("rules");
    count.rules.forEach(
        (match, stored) ->
            rules
                .addObject()
                .put("match", match)
                .put("images", stored.images)
                .put("copies", stored.copies)
                .put("bytes", stored.bytes));
    ArrayNode registries = all.putArray("registries");
    for (RegistryWork work : count.registries) {
      ObjectNode one = registries.addObject().put("registry", work.host);
      one.put("bytes", work.bytes).put("requests", work.requests());
      one.put("polls", work.polls).put("looks", work.looks).put("manifests", work.manifests);
      one.put("blobs", work.blobs).put("questions", work.questions);
      one.put("requestsOfThisPlan", work.ofPlan).put("remembered", work.remembered);
    }
    time(all.putObject("time"));
    ArrayNode peers = all.putArray("peers");
    count.needs.forEach(need -> peer(need, peers.addObject()));
    all.put("imagesWithTooFewPeers", count.tooFewPeers);
    all.put("unwantedRepositories", count.unwanted);
    all.put("notSeen", count.unseen);
    ObjectNode passed = all.putObject("notMirrored");
    count.passedOver.forEach(passed::put);
    ArrayNode named = all.putArray("named");
    for (Named one : count.named) {
      ObjectNode node = named.addObject().put("what", one.what()).put("why", one.why());
      node.put("reason", one.reason().isEmpty() ? null : one.reason());
    }
    return all;
  }

  private void time(ObjectNode time) {
    BackfillPace pace = pace();
    time.put("boundBy", pace.bound().map(BackfillPace.Part::name).orElse(null));
    time.put("seconds", seconds(pace.bound().flatMap(BackfillPace.Part::takes)));
    ArrayNode parts = time.putArray("parts");
    for (BackfillPace.Part part : pace.parts()) {
      ObjectNode one = parts.addObject().put("part", part.name()).put("of", part.words());
      one.put("seconds", seconds(part.takes()));
    }
  }

  private static @Nullable Long seconds(Optional<Duration> time) {
    return time.map(Duration::toSeconds).orElse(null);
  }

  private static void peer(Need need, ObjectNode one) {
    one.put("peer", need.space.peer().text());
    one.put("copies", need.copies).put("bytes", need.bytes).put("knownBytes", need.known);
    one.put("hereBytes", need.here);
    one.put("free", need.space.free().isEmpty() ? null : need.space.free().getAsLong());
    one.put("reserve", need.space.reserve()).put("underWay", need.space.underWay());
    one.put("lacks", need.lacks());
    one.put("state", need.space.state().orElse(null));
  }
}
