/**
 * The server's side: connections, sessions, subscriptions, and the broker of one shard, without
 * I/O.
 */
@NullMarked
package io.culvert.mqtt.server;

import org.jspecify.annotations.NullMarked;
