package dev.longshore.app.cli;

import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import org.jspecify.annotations.Nullable;

/** The command's own catalog, read on first use. */
final class OwnCatalog implements PlanCommand.Known {
  private final Settings settings;
  private @Nullable CatalogView view;

  OwnCatalog(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Catalog now() throws CommandException, InterruptedException {
    CatalogView opened = view == null ? CatalogView.open(settings) : view;
    view = opened;
    return opened.catalog();
  }

  @Override
  public void close() {
    if (view != null) {
      view.close();
    }
  }
}
