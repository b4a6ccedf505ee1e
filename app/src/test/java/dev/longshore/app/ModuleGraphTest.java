package dev.longshore.app;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Says in words what Maven's modules make impossible, and what they cannot see. */
class ModuleGraphTest {
  private static final String OURS = "dev.longshore..";

  /** Messages of the gRPC interfaces, of the same module as the events. */
  private static final String GENERATED = "dev.longshore.api";

  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests"))
          .importPackages("dev.longshore");

  @ParameterizedTest
  @ValueSource(strings = {"model", "settings", "programs"})
  void theLowestModulesStandOnNothingOfOurs(String module) {
    classes()
        .that()
        .resideInAPackage("dev.longshore." + module + "..")
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are its own, or none of ours",
                c ->
                    !c.getPackageName().startsWith("dev.longshore")
                        || c.getPackageName().startsWith("dev.longshore." + module)))
        .because("everything else may stand on them")
        .check(CLASSES);
  }

  @Test
  void theModelIsValuesAlone() {
    classes()
        .that()
        .resideInAPackage("dev.longshore.model..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.longshore.model..",
            "java.lang..",
            "java.math..",
            "java.security..",
            "java.util..",
            "org.jspecify..")
        .because("a digest or a name reads nothing and writes nothing, in no format of a library")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"oci", "ipfs", "events"})
  void formatsAndEventsStandOnTheModelAlone(String module) {
    classes()
        .that()
        .resideInAPackage("dev.longshore." + module + "..")
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are its own, of the model, or none of ours",
                c ->
                    !c.getPackageName().startsWith("dev.longshore")
                        || c.getPackageName().startsWith("dev.longshore." + module)
                        || c.getPackageName().startsWith("dev.longshore.model")
                        || (module.equals("events") && c.getPackageName().startsWith(GENERATED))))
        .because("image formats, IPFS and events are usable and testable without a Longshore")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"estargz", "ocicrypt"})
  void layersStandOnImagesAlone(String module) {
    classes()
        .that()
        .resideInAPackage("dev.longshore." + module + "..")
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are its own, of oci or the model, or none of ours",
                c ->
                    !c.getPackageName().startsWith("dev.longshore")
                        || c.getPackageName().startsWith("dev.longshore." + module)
                        || c.getPackageName().matches("dev\\.longshore\\.(oci|model)\\b.*")))
        .because("who writes or reads such layers needs no Longshore for it")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"oci", "ipfs", "estargz", "ocicrypt"})
  void formatsKnowNoServer(String module) {
    noClasses()
        .that()
        .resideInAPackage("dev.longshore." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "org.apache.kafka..", "io.grpc..", "io.netty..")
        .because("what reads bytes must not care who asks for them")
        .check(CLASSES);
  }

  @Test
  void rulesStandOnSettingsAndTheModelAloneAndReadNothing() {
    noClasses()
        .that()
        .resideInAPackage("dev.longshore.rules..")
        .should()
        .dependOnClassesThat(
            describe(
                "are of ours but rules, settings and the model",
                c ->
                    c.getPackageName().startsWith("dev.longshore")
                        && !c.getPackageName()
                            .matches("dev\\.longshore\\.(rules|settings|model)\\b.*")))
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..",
            "java.net..",
            "java.nio..",
            "org.slf4j..",
            "org.apache..",
            "io.vertx..",
            "io.grpc..",
            "io.netty..")
        .because("the same rules and the same image give the same answer, wherever it is asked")
        .check(CLASSES);
  }

  @Test
  void theCatalogStandsOnEventsAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.longshore.catalog..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.longshore.oci..",
            "dev.longshore.ipfs..",
            "dev.longshore.runtime..",
            "dev.longshore.app..",
            "org.apache.kafka..",
            "io.vertx..",
            "java.net.http..")
        .because("whatever brings the states can fill one: Kafka, a file, a test")
        .check(CLASSES);
  }

  @Test
  void aContainerdStandsOnImagesAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.longshore.containerd..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.longshore.events..",
            "dev.longshore.ipfs..",
            "dev.longshore.catalog..",
            "dev.longshore.runtime..",
            "dev.longshore.app..",
            "io.vertx..",
            "org.apache.kafka..")
        .because("it is one more source of images, for whoever reads them")
        .check(CLASSES);
  }

  @Test
  void theRuntimeKnowsNoServiceAndNoFormat() {
    noClasses()
        .that()
        .resideInAPackage("dev.longshore.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.longshore.oci..",
            "dev.longshore.estargz..",
            "dev.longshore.ocicrypt..",
            "dev.longshore.ipfs..",
            "dev.longshore.watcher..",
            "dev.longshore.converter..",
            "dev.longshore.pinner..",
            "dev.longshore.resolver..",
            "dev.longshore.app..")
        .because("it makes a service of any step")
        .check(CLASSES);
  }

  @Test
  void theRuntimesPackagesStandOnEachOtherInOneOrder() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.longshore.runtime..")
        .layer("config")
        .definedBy("dev.longshore.runtime.config..")
        .layer("edge")
        .definedBy("dev.longshore.runtime.edge..")
        .layer("kafka")
        .definedBy("dev.longshore.runtime.kafka..")
        .layer("service")
        .definedBy("dev.longshore.runtime.service..")
        .whereLayer("config")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("edge")
        .mayOnlyBeAccessedByLayers("config")
        .whereLayer("kafka")
        .mayOnlyBeAccessedByLayers("config", "edge")
        .because("a step needs no listener, and what starts and ends knows no Kafka")
        .check(CLASSES);
  }

  @Test
  void programsAreStartedInOnePlace() {
    noClasses()
        .that()
        .resideInAPackage(OURS)
        .and()
        .resideOutsideOfPackage("dev.longshore.programs..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .because("what is started must end with whoever started it, and say why it failed")
        .check(CLASSES);
  }

  @Test
  void noPackagesOfTheRuntimeStandOnEachOther() {
    slices()
        .matching("dev.longshore.runtime.(**)")
        .should()
        .beFreeOfCycles()
        .because("each can be read without those that stand on it")
        .check(CLASSES);
  }

  @Test
  void servicesSpeakOnlyThroughKafka() {
    slices()
        .matching("dev.longshore.(watcher|converter|pinner|resolver)..")
        .should()
        .notDependOnEachOther()
        .because("each runs alone, too, on another machine and in another version")
        .check(CLASSES);
  }

  @Test
  void theConvertersPackagesStandOnEachOtherInOneOrder() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.longshore.converter..")
        .layer("step")
        .definedBy("dev.longshore.converter")
        .layer("image")
        .definedBy("dev.longshore.converter.image..")
        .layer("mode")
        .definedBy("dev.longshore.converter.mode..")
        .layer("ingest")
        .definedBy("dev.longshore.converter.ingest..")
        .layer("blob")
        .definedBy("dev.longshore.converter.blob..")
        .layer("source")
        .definedBy("dev.longshore.converter.source..")
        .whereLayer("step")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("image")
        .mayOnlyBeAccessedByLayers("step")
        .whereLayer("mode")
        .mayOnlyBeAccessedByLayers("step", "image")
        .whereLayer("ingest")
        .mayOnlyBeAccessedByLayers("step", "image")
        .whereLayer("blob")
        .mayOnlyBeAccessedByLayers("step", "image", "mode", "ingest")
        .because("a mode knows no peer, and what reads an image knows no mode")
        .check(CLASSES);
  }

  @Test
  void onlyTheApplicationSeesAllServices() {
    noClasses()
        .that()
        .resideInAPackage(OURS)
        .and()
        .resideOutsideOfPackages(
            "dev.longshore.app..", "dev.longshore.ops..", "dev.longshore.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.longshore.app..")
        .because("wiring is the last thing that happens")
        .check(CLASSES);
  }

  @Test
  void vertxStaysAtTheEdges() {
    noClasses()
        .that()
        .resideInAPackage(OURS)
        .and()
        .resideOutsideOfPackages("dev.longshore.runtime.edge.http..")
        .and()
        .haveSimpleNameNotEndingWith("Service")
        .and()
        .doNotHaveFullyQualifiedName(Longshore.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(ServiceProcess.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(SiteProcess.class.getName())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx..")
        .because("domain code blocks, on virtual threads; only listeners know an event loop")
        .check(CLASSES);
  }

  @Test
  void kafkaStaysInRuntimeAndApplication() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.longshore.watcher..",
            "dev.longshore.converter..",
            "dev.longshore.pinner..",
            "dev.longshore.resolver..",
            "dev.longshore.events..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .because("a step knows a message and its effects, not how they travel")
        .check(CLASSES);
  }

  /** Sealed types and their readers, which Java and a schema keep in one package. */
  private static final Set<String> LARGE =
      Set.of("dev.longshore.events", "dev.longshore.catalog", "dev.longshore.ocicrypt");

  @Test
  void aPackageWithManyFilesShowsFewOfThem() {
    Map<String, List<JavaClass>> files =
        CLASSES.stream()
            .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
            .filter(type -> !type.getPackageName().startsWith(GENERATED))
            .collect(Collectors.groupingBy(JavaClass::getPackageName));
    assertThat(files).containsKeys("dev.longshore.model", "dev.longshore.pinner");

    assertThat(files.entrySet())
        .filteredOn(entry -> entry.getValue().size() > 25)
        .filteredOn(
            entry -> entry.getValue().stream().filter(ModuleGraphTest::isPublic).count() > 12)
        .extracting(Map.Entry::getKey)
        .as("packages with over 25 files and over 12 public types: split them")
        .containsExactlyInAnyOrderElementsOf(LARGE);
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC);
  }
}
