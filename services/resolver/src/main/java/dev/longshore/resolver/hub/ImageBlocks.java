package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.resolver.content.DagBlocks;
import dev.longshore.resolver.content.Provider;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.Listed;
import java.util.List;

/** Where the blocks of images are read. */
final class ImageBlocks {
  private final Catalog catalog;
  private final VerifiedContents contents;

  ImageBlocks(Catalog catalog, VerifiedContents contents) {
    this.catalog = catalog;
    this.contents = contents;
  }

  DagBlocks of(ImageState image) {
    return contents.blocks(image.imageDag().cid(), providers(image));
  }

  private List<Provider> providers(ImageState image) {
    return catalog
        .pins()
        .of(image.imageDag())
        .map(pin -> new Listed(image, pin, catalog).layout().providers())
        .orElse(List.of());
  }
}
