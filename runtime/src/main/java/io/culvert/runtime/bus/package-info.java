/**
 * What crosses the event bus: addresses, messages, failures, and typed front ends that work on
 * every node of a cluster. Only JSON crosses.
 */
@NullMarked
package io.culvert.runtime.bus;

import org.jspecify.annotations.NullMarked;
