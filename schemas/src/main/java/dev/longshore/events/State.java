package dev.longshore.events;

/** The complete current value of a key; compacted, written by one service, readable on its own. */
public sealed interface State extends LongshoreRecord
    permits TagState,
        ImageState,
        BlobState,
        PinState,
        CopiesState,
        PeerState,
        ServedState,
        SiteState,
        SiteCredentialsState,
        DecisionState,
        PollState,
        PullState {}
