package dev.longshore.runtime.edge.access;

import dev.longshore.settings.Setting;
import java.util.List;

/** What a file of tokens holds. */
record TokenList(@Setting(doc = "callers, each with what it may do") List<TokenSettings> tokens) {
  TokenList {
    tokens = List.copyOf(tokens);
  }
}
