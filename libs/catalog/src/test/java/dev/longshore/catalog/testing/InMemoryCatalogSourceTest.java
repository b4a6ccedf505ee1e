package dev.longshore.catalog.testing;

/** The twin in memory behaves as Kafka does. */
class InMemoryCatalogSourceTest extends CatalogSourceConformance {
  @Override
  protected CatalogSourceFixture place() {
    return new InMemoryFixture();
  }
}
