/** What becomes of acknowledged messages when the broker is killed, its disk is full or damaged. */
@NullMarked
package io.culvert.conformance.faults;

import org.jspecify.annotations.NullMarked;
