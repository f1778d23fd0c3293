package io.culvert.mqtt.server;

/** What the sessions of one shard have in common. */
record ShardParts(
    Limits limits, ByteBudget budget, Counters counters, BrokerLog log, Ledger ledger) {}
