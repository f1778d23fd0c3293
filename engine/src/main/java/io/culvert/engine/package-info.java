/**
 * The I/O-free kit that every protocol of Culvert is built on: the {@link Engine} contract, bytes,
 * receive buffer, outbox, deadlines and violations. Nothing here knows a socket, clock, thread or
 * logger.
 */
@NullMarked
package io.culvert.engine;

import org.jspecify.annotations.NullMarked;
