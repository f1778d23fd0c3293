/** What was sent, acknowledged and received, and whether that is what a durable broker owes. */
@NullMarked
package io.culvert.conformance.faults.ledger;

import org.jspecify.annotations.NullMarked;
