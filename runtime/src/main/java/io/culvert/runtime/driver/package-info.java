/**
 * The one Vert.x driver for engines: it owns sockets, time and buffers, and serves every protocol
 * that is an {@link io.culvert.engine.Engine}. Who runs where is written in {@code
 * docs/concurrency.md}.
 */
@NullMarked
package io.culvert.runtime.driver;

import org.jspecify.annotations.NullMarked;
