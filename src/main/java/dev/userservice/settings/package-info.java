/**
 * The environment becomes one immutable record, checked as a whole before anything else happens: either every setting
 * holds, or all problems are reported at once, each by its variable's name and never by a value.
 */
package dev.userservice.settings;
