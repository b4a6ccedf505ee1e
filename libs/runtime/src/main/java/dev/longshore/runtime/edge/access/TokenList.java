package dev.longshore.runtime.edge.access;

import dev.longshore.settings.Setting;
import java.util.List;

/** The content of a tokens file. */
record TokenList(@Setting(doc = "callers, each with its rights") List<TokenSettings> tokens) {
  TokenList {
    tokens = List.copyOf(tokens);
  }
}
