package dev.longshore.watcher;

import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.Setting;

/** The section {@code watcher}. */
public record WatcherSettings(
    @Setting(
            value = "{listen: \"127.0.0.1:5052\"}",
            doc =
                "where registries send notifications, to /hooks/NAME with NAME from registries;"
                    + " credentials are needed on loopback too")
        ListenerSettings webhooks,
    @Setting(
            value = "false",
            doc =
                "mirror manifests pushed by digest alone; usually they are children of an index"
                    + " that follows")
        boolean mirrorUntagged) {}
