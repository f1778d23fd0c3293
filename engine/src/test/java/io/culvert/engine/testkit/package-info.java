/**
 * Drives engines, journals and links without I/O: one thread, virtual time, and chance only from a
 * seed, so that every run can be repeated.
 */
@NullMarked
package io.culvert.engine.testkit;

import org.jspecify.annotations.NullMarked;
