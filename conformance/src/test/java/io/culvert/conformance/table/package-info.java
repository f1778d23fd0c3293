/** The tables of docs/conformance.md and docs/scenarios.md: what the tests say that they prove. */
@NullMarked
package io.culvert.conformance.table;

import org.jspecify.annotations.NullMarked;
