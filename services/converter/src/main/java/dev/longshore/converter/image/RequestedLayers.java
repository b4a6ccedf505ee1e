package dev.longshore.converter.image;

import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.BlobTask;
import dev.longshore.converter.mode.CanonicalRecipe;
import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.mode.ModeTools;
import dev.longshore.converter.mode.RecipeKeys;
import dev.longshore.converter.mode.RequestedConversion;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.ImageWalk;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layers of a conversion that a push asks for, to follow its progress.
 *
 * @param mode of the conversion
 * @param layers each once, in the order in which manifests name them
 */
public record RequestedLayers(String mode, List<Layer> layers) {
  /** Planning publishes nothing. */
  private static final Progress SILENT = _ -> {};

  public RequestedLayers {
    layers = List.copyOf(layers);
  }

  /**
   * A layer.
   *
   * @param digest at the source
   * @param size bytes at the source
   * @param transform the key under which {@code blobs} will have it
   */
  public record Layer(Digest digest, long size, String transform) {}

  /**
   * Reads the image's manifests, each once for all modes, and the configs that affect the layers.
   *
   * @param selector tag or digest, for the rules
   * @throws IllegalArgumentException when the converter will refuse the request
   * @throws PermanentFailure when it will refuse the image
   * @throws TransientFailure when its source does not answer
   */
  public static List<RequestedLayers> of(
      List<RuleSettings> rules,
      RepositoryName name,
      String selector,
      ConversionRequest request,
      ImageSource source,
      Descriptor top)
      throws TransientFailure, PermanentFailure, InterruptedException {
    SourceRepository upstream = SourceRepository.of(source, name, SILENT);
    // Nothing is written, so the folder is never created.
    var tools = new ModeTools(Path.of(System.getProperty("java.io.tmpdir")));
    var plans = new HashMap<List<Platform>, ImagePlan>();
    var configs = new HashMap<Digest, byte[]>();
    var all = new ArrayList<RequestedLayers>();
    for (RequestedConversion conversion : RecipeKeys.conversions(rules, name, selector, request)) {
      CanonicalRecipe recipe = conversion.recipe();
      List<Platform> platforms = recipe.wantedPlatforms();
      ImagePlan image = plans.get(platforms);
      if (image == null) {
        image = ImageWalk.plan(upstream, top, platforms);
        plans.put(platforms, image);
      }
      ConversionMode mode = tools.of(recipe);
      ImagePlan plan = image.only(mode::keeps);
      configs.putAll(SourceConfigs.read(upstream, plan, mode, configs));
      all.add(new RequestedLayers(recipe.mode().text(), layers(plan, mode.knowing(configs))));
    }
    return all;
  }

  private static List<Layer> layers(ImagePlan plan, ConversionMode mode) throws PermanentFailure {
    Map<BlobKey, BlobTask> tasks = ImageTasks.of(plan, mode);
    var configs = new HashSet<BlobKey>();
    configs(plan.top(), configs);
    var layers = new LinkedHashMap<BlobKey, Layer>();
    for (BlobTask task : tasks.values()) {
      if (!configs.contains(task.key())) {
        layers.put(
            task.key(),
            new Layer(task.blob().digest(), task.blob().size(), task.form().transform()));
      }
    }
    return List.copyOf(layers.values());
  }

  private static void configs(PlanNode node, Set<BlobKey> found) {
    switch (node) {
      case PlanNode.Index(_, _, var kept) -> kept.forEach(entry -> configs(entry, found));
      case PlanNode.Image image -> found.add(BlobKey.asIs(image.manifest().config().digest()));
      case PlanNode.Blob _ -> {}
    }
  }
}
