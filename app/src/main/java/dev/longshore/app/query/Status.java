package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.CountText;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.app.query.lag.Lag;
import dev.longshore.app.query.lag.ShortImage;
import dev.longshore.catalog.Totals;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.resolver.hub.SiteLag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The report of {@code status} on all images.
 *
 * @param surplus image DAGs that go when their time of grace is over
 * @param pinsShort images that are short of copies, the worst first
 * @param releasing image DAGs that are being taken off their peers, forgotten ones among them
 */
record Status(
    Instant now,
    Totals totals,
    List<Totals.OfMode> modes,
    long surplus,
    long releasing,
    List<ShortImage> pinsShort,
    List<WorkFailure> troubles,
    Outside outside,
    List<SiteLag> sites) {

  ExitCode exitCode() {
    boolean allThere = totals.pinsShort() == 0 && totals.incompleteImages() == 0;
    return allThere && totals.permanentTroubles() == 0 && totals.transientTroubles() == 0
        ? ExitCode.COMPLETE
        : ExitCode.INCOMPLETE;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "images   %d for %s%s, %s%s"
            .formatted(
                totals.images(),
                CountText.of(totals.tags(), "tag", "tags"),
                totals.images() > totals.tags() ? " (each mode and version is one)" : "",
                Sizes.text(totals.bytes()),
                totals.incompleteImages() == 0
                    ? ""
                    : ", " + totals.incompleteImages() + " incomplete"));
    modes.forEach(
        mode ->
            lines.add(
                "         %-9s %d, %s"
                    .formatted(mode.mode(), mode.images(), Sizes.text(mode.bytes()))));
    lines.add(
        "copies   %d verified%s"
            .formatted(
                totals.copies(),
                totals.pinsShort() == 0
                    ? ", no image is short of copies"
                    : ", %s short of copies, %d without any"
                        .formatted(
                            CountText.of(totals.pinsShort(), "image is", "images are"),
                            totals.pinsWithoutCopy())));
    pinsShort.forEach(image -> lines.add("         " + image.line(now)));
    long more = totals.pinsShort() - pinsShort.size();
    if (more > 0) {
      lines.add("         and %d more".formatted(more));
    }
    if (outside.peers().stream().anyMatch(peer -> peer.problem() != null)) {
      lines.add("         copies at peers that are away count until pinner.lost-after");
    }
    if (surplus + releasing > 0) {
      lines.add(
          "release  %s surplus, %d being released ('longshore plan release')"
              .formatted(CountText.of(surplus, "image is", "images are"), releasing));
    }
    lines.addAll(Lag.summary(sites, now));
    outside.waiting().forEach(w -> lines.add("waits    " + w));
    outside.backfills().stream()
        .flatMap(backfill -> backfill.lines().stream())
        .forEach(line -> lines.add("backfill " + line));
    outside.peers().forEach(p -> lines.add("peer     " + p));
    Received.problems(outside.notUnderstood()).forEach(problem -> lines.add("sender   " + problem));
    outside.pollTroubles().forEach(poll -> lines.add("poll     " + PollTroubles.line(poll)));
    if (outside.staleness().refused() != null) {
      lines.add("settings the changed file is not used: " + outside.staleness().refused());
    }
    if (!outside.staleness().waiting().isEmpty()) {
      lines.add("settings wait for a restart: " + String.join(", ", outside.staleness().waiting()));
    }
    if (totals.permanentTroubles() + totals.transientTroubles() == 0) {
      lines.add("trouble  none");
    }
    troubles.forEach(t -> lines.add("trouble  " + TroubleView.line(t, now)));
    long others = totals.permanentTroubles() + totals.transientTroubles() - troubles.size();
    if (others > 0) {
      lines.add("trouble  and %d more".formatted(others));
    }
    return lines;
  }

  ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("complete", exitCode() == ExitCode.COMPLETE);
    answer
        .putObject("totals")
        .put("tags", totals.tags())
        .put("images", totals.images())
        .put("incompleteImages", totals.incompleteImages())
        .put("bytes", totals.bytes())
        .put("blobs", totals.blobs())
        .put("copies", totals.copies())
        .put("imagesShortOfCopies", totals.pinsShort())
        .put("imagesWithoutCopy", totals.pinsWithoutCopy())
        .put("permanentTroubles", totals.permanentTroubles())
        .put("transientTroubles", totals.transientTroubles());
    answer.put("imagesSurplus", surplus).put("imagesReleasing", releasing);
    var byMode = answer.putArray("modes");
    modes.forEach(
        mode ->
            byMode
                .addObject()
                .put("mode", mode.mode().text())
                .put("images", mode.images())
                .put("incompleteImages", mode.incompleteImages())
                .put("bytes", mode.bytes()));
    var shortOnes = answer.putArray("shortOfCopies");
    pinsShort.forEach(image -> image.put(shortOnes.addObject(), now));
    var lagging = answer.putArray("sites");
    sites.forEach(
        site ->
            lagging
                .addObject()
                .put("site", site.site().text())
                .put("state", Lag.json(site.state())));
    outside.put(answer);
    var list = answer.putArray("troubles");
    troubles.forEach(t -> list.add(TroubleView.json(t, now)));
    return answer;
  }
}
