package dev.longshore.events;

/** Something that happened; retained by time in a work topic. */
public sealed interface Event extends LongshoreRecord
    permits Hint, Observed, Converted, Failed, Audited {}
