package dev.userservice.call;

import java.net.URI;

/** One GET: the whole address, and what is wanted of the answer. */
record Fetch(URI address, Selection selection) {}
