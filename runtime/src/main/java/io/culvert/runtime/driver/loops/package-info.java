/**
 * Event loops that share a thread while one thread suffices. Each loop keeps what is its own
 * (sockets, tasks, timers, order, exclusion); only who runs it changes.
 */
@NullMarked
package io.culvert.runtime.driver.loops;

import org.jspecify.annotations.NullMarked;
