package dev.longshore.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;

/** Reads foreign JSON, whose names may be chosen to do harm. */
public final class ForeignJson {
  /** Most requests run on a thread of their own, which would use each buffer once. */
  private static final int BUFFERS = 32;

  private static final RecyclerPool<BufferRecycler> POOL =
      JsonRecyclerPools.newBoundedPool(BUFFERS);

  private ForeignJson() {}

  /** A factory without a name table shared by all documents, which a hostile one could spoil. */
  public static JsonFactory factory() {
    return builder().build();
  }

  /** The same, for further limits. */
  public static JsonFactoryBuilder builder() {
    return new JsonFactoryBuilder()
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .recyclerPool(POOL);
  }
}
