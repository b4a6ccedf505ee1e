package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.HeldImage;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.catalog.retention.Surplus;
import dev.longshore.catalog.retention.Surplus.Going;
import dev.longshore.catalog.retention.Surplus.HeldRelease;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.ReleaseGuard;
import dev.longshore.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What retention lets go, and what that frees at each peer.
 *
 * @param images sorted by name, source digest and mode
 * @param held what guards stop of it
 * @param frees bytes by peer, at most: images of other repositories may have the same blobs
 * @param whole whether all images that may share blobs were looked at
 */
public record ReleasePlan(
    List<Image> images, List<HeldRelease> held, Map<String, Long> frees, boolean whole) {
  /** As the pinner has it. */
  static final Duration GRACE = Duration.ofHours(1);

  /** Images whose blobs are looked at: each is some blocks of a peer. */
  private static final int MOST = 500;

  /** Images that are listed; the totals are of all. */
  private static final int LISTED = 100;

  /** Looks into images: the bytes of each blob. */
  @FunctionalInterface
  public interface Inside {
    /** Bytes of all blobs of a converted image, manifests among them. */
    Map<Digest, Long> blobs(ImageState image) throws QueryException;
  }

  /**
   * An image that goes.
   *
   * @param at when its pins may go, unless it is wanted again; none while a guard stops it
   * @param guard the guard
   */
  public record Image(Going going, Optional<Instant> at, Optional<ReleaseGuard> guard) {
    private String name() {
      return going.repository() + "@" + going.image().digest();
    }
  }

  /** Every repository that may let something go, looked at now. */
  public static Surplus look(Catalog catalog, Rules rules, Instant now) {
    Surplus surplus = new Surplus(catalog, rules);
    surplus.repositories().forEach(repository -> surplus.look(repository, now));
    return surplus;
  }

  /** Makes the plan; looks into images until the time is over. */
  public static ReleasePlan of(
      Catalog catalog, Rules rules, Inside inside, Deadline deadline, Instant now) {
    Surplus surplus = look(catalog, rules, now);
    List<HeldRelease> held = surplus.held(now).stream().filter(one -> !one.confirmed()).toList();
    List<Image> images = new ArrayList<>();
    for (RepositoryName repository : surplus.repositories()) {
      Optional<ReleaseGuard> guard =
          held.stream()
              .filter(one -> one.repositories().contains(repository))
              .map(HeldRelease::guard)
              .findFirst();
      surplus.going(repository).forEach(going -> images.add(image(going, guard, now)));
    }
    images.sort(
        Comparator.comparing(Image::name)
            .thenComparing(image -> image.going().image().mode().text()));
    Frees frees = new Frees(catalog, inside, deadline);
    frees.look(images);
    return new ReleasePlan(images, held, frees.bytes, frees.whole);
  }

  private static Image image(Going going, Optional<ReleaseGuard> guard, Instant now) {
    Instant since =
        going
            .pin()
            .filter(pin -> pin.state() == PinPhase.SURPLUS)
            .map(PinState::stateSince)
            .orElse(now);
    return switch (going.phase()) {
      case RELEASING, GONE -> new Image(going, Optional.of(now), Optional.empty());
      case KEPT, SURPLUS, UNKNOWN ->
          new Image(
              going, guard.isPresent() ? Optional.empty() : Optional.of(since.plus(GRACE)), guard);
    };
  }

  private long bytes() {
    return images.stream()
        .collect(
            Collectors.toMap(
                one -> one.going().image().imageDag(),
                one -> one.going().image().bytes(),
                (a, _) -> a))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    images.stream().limit(LISTED).forEach(image -> lines.add(line(image)));
    if (images.size() > LISTED) {
      lines.add("and %d more".formatted(images.size() - LISTED));
    }
    held.forEach(
        one ->
            lines.add(
                "guard    %s stops %d of %d images of %s; 'longshore guard confirm %s --reason"
                        .formatted(
                            one.guard().id(),
                            one.guard().count(),
                            one.guard().of(),
                            where(one.guard()),
                            one.guard().id())
                    + " TEXT' lets them go"));
    frees.forEach(
        (peer, bytes) -> lines.add("frees    at most %s on %s".formatted(Sizes.text(bytes), peer)));
    if (!whole) {
      lines.add("         not all images that may share blobs could be looked at");
    }
    lines.add(
        images.isEmpty()
            ? "nothing is to go"
            : "in all   %d images of %s".formatted(images.size(), Sizes.text(bytes())));
    return lines;
  }

  static String where(ReleaseGuard guard) {
    return guard.repository() == null ? "all repositories" : guard.repository().toString();
  }

  private static String line(Image image) {
    Going going = image.going();
    String when =
        image
            .at()
            .map(at -> "goes at " + at)
            .orElse("waits for guard " + image.guard().map(ReleaseGuard::id).orElse(""));
    return "%s  %s, %s; %s, %s until %s: %s"
        .formatted(
            image.name(),
            going.image().mode(),
            Sizes.text(going.image().bytes()),
            going.term().leftAt() == null ? "no tag" : "no tag since " + going.term().leftAt(),
            going.term().clause().words(),
            going.term().until(),
            when);
  }

  /** For programs. */
  public ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var list = answer.putArray("images");
    images.stream().limit(LISTED).forEach(image -> put(list.addObject(), image));
    answer.put("total", images.size()).put("bytes", bytes()).put("whole", whole);
    var guards = answer.putArray("guards");
    held.forEach(
        one ->
            guards
                .addObject()
                .put("id", one.guard().id())
                .put("count", one.guard().count())
                .put("of", one.guard().of()));
    ObjectNode atMost = answer.putObject("freesAtMost");
    frees.forEach(atMost::put);
    return answer;
  }

  private static void put(ObjectNode node, Image image) {
    Going going = image.going();
    node.put("repository", going.repository().toString())
        .put("digest", going.image().digest().toString())
        .put("mode", going.image().mode().text())
        .put("imageDag", going.image().imageDag().toString())
        .put("bytes", going.image().bytes())
        .put("leftAt", Objects.toString(going.term().leftAt(), null))
        .put("clause", going.term().clause().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("keptUntil", going.term().until().toString())
        .put("state", going.phase().name().toLowerCase(Locale.ROOT))
        .put("goesAt", image.at().map(Instant::toString).orElse(null))
        .put("guard", image.guard().map(ReleaseGuard::id).orElse(null));
  }

  /** What is freed: blobs of what goes that no image has which stays on the peer. */
  private static final class Frees {
    private final Catalog catalog;
    private final Inside inside;
    private final Deadline deadline;
    private final Map<String, Map<Digest, Long>> byPeer = new TreeMap<>();
    private final Map<String, Long> bytes = new TreeMap<>();
    private boolean whole = true;
    private int looked;

    Frees(Catalog catalog, Inside inside, Deadline deadline) {
      this.catalog = catalog;
      this.inside = inside;
      this.deadline = deadline;
    }

    void look(List<Image> images) {
      Set<ImageDag> going = new LinkedHashSet<>();
      Set<RepositoryName> repositories = new LinkedHashSet<>();
      for (Image image : images) {
        repositories.add(image.going().repository());
        if (going.add(image.going().image().imageDag())) {
          Map<Digest, Long> blobs = blobs(image.going().image());
          peers(image.going().image().imageDag())
              .forEach(peer -> byPeer.computeIfAbsent(peer, _ -> new HashMap<>()).putAll(blobs));
        }
      }
      Set<ImageDag> seen = new HashSet<>(going);
      for (RepositoryName repository : repositories) {
        catalog
            .repositories()
            .images(repository)
            .flatMap(List::stream)
            .map(HeldImage::imageDag)
            .filter(seen::add)
            .flatMap(dag -> catalog.conversions().firstByDag(dag).stream())
            .forEach(this::keep);
      }
      byPeer.forEach(
          (peer, blobs) ->
              bytes.put(peer, blobs.values().stream().mapToLong(Long::longValue).sum()));
    }

    private void keep(ImageState kept) {
      Set<Digest> blobs = blobs(kept).keySet();
      for (String peer : peers(kept.imageDag())) {
        byPeer.getOrDefault(peer, Map.of()).keySet().removeAll(blobs);
      }
    }

    private List<String> peers(ImageDag dag) {
      return catalog.copies().pinned(dag).stream()
          .flatMap(pinned -> pinned.copies().stream())
          .filter(PeerCopy::isVerified)
          .map(copy -> copy.peer().text())
          .toList();
    }

    private Map<Digest, Long> blobs(ImageState image) {
      if (looked++ >= MOST || deadline.expired()) {
        whole = false;
        return Map.of();
      }
      try {
        return inside.blobs(image);
      } catch (QueryException e) {
        whole = false;
        return Map.of();
      }
    }
  }
}
