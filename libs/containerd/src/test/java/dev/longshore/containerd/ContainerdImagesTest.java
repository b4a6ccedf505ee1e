package dev.longshore.containerd;

import dev.longshore.containerd.testing.InMemoryContainerd;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.ImageSourceConformance;
import dev.longshore.oci.testing.StoredImage;
import java.time.InstantSource;
import java.util.List;

class ContainerdImagesTest extends ImageSourceConformance {
  @Override
  protected RepositoryName name() {
    return RepositoryName.canonical("containerd/node-1/default/registry.test/team/app");
  }

  @Override
  protected ImageSource holding(List<StoredImage> images) {
    var containerd = new InMemoryContainerd("node-1", InstantSource.system());
    for (StoredImage stored : images) {
      containerd.load("default", "registry.test/team/app:" + stored.tag(), stored.image());
    }
    return new ContainerdImages(List.of(containerd));
  }
}
