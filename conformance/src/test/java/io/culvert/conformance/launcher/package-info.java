/** The runnable jar as its users start it: as a process of its own. */
@NullMarked
package io.culvert.conformance.launcher;

import org.jspecify.annotations.NullMarked;
