package dev.userservice.tools;

import java.util.Collection;
import java.util.List;

/** Every tool there is, in the order clients see them. A further tool is one more line here and one more file. */
public final class Catalogue {

  /** Names of all tools. */
  public static final List<String> NAMES = List.of(GetUser.NAME, ListUsersByDepartment.NAME);

  private Catalogue() {}

  /**
   * Declares the tools for one company's API.
   *
   * @param offered names of those to offer
   * @param fields fields that {@code get_user} may return
   * @param departments departments that may be listed
   */
  public static List<Tool> of(
      ApiLayout layout, Collection<String> offered, Collection<String> fields, List<String> departments) {
    return List.of(GetUser.tool(layout, fields), ListUsersByDepartment.tool(layout, departments)).stream()
        .filter(tool -> offered.contains(tool.name()))
        .toList();
  }
}
