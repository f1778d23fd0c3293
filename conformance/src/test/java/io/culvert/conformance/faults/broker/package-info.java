/** Brokers as processes that are killed, and the folders that they keep. */
@NullMarked
package io.culvert.conformance.faults.broker;

import org.jspecify.annotations.NullMarked;
