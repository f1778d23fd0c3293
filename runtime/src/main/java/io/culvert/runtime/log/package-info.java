/** What log lines of all modules have in common. */
@NullMarked
package io.culvert.runtime.log;

import org.jspecify.annotations.NullMarked;
