package dev.longshore.runtime.edge.audit;

import dev.longshore.events.Audited;
import io.opentelemetry.context.Context;

/** The audit entry of one call, and its trace. */
record Entry(Audited audited, Context trace) {}
