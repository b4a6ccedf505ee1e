package dev.longshore.watcher;

import dev.longshore.settings.Secret;
import dev.longshore.watcher.sender.Sender;
import org.jspecify.annotations.Nullable;

/**
 * What notifications come from, under one name.
 *
 * @param secret of its sender alone, if it has one
 */
record WebhookSource(Sender sender, @Nullable Secret secret) {}
