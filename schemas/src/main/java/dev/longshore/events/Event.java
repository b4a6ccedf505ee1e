package dev.longshore.events;

/** Something that happened; kept by time on a work topic. */
public sealed interface Event extends LongshoreRecord
    permits Hint, Observed, Converted, Failed, Audited {}
