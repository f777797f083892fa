package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import java.util.stream.Stream;

/** Where answers commonly show that they are one of several, whatever the settings say. */
final class Signs {

    /** Members that hold something where further answers follow: an address, a token, a page's number. */
    static final List<JsonPointer> FURTHER = pointers("""
      /next /nextLink /@odata.nextLink /odata.nextLink /links/next /links/next/href /_links/next /_links/next/href \
      /paging/next /pagination/next /meta/next /next_cursor /nextCursor /meta/next_cursor \
      /response_metadata/next_cursor /nextPageToken /next_page_token /next_page_url /next_page /nextPage \
      /meta/next_page /nextToken /hydra:view/hydra:next /view/next /d/__next /continue""");

    /** Those of them where 0 is the number of no page. */
    static final List<JsonPointer> NEXT_PAGE = pointers("/next_page /nextPage /meta/next_page /pagination/next");

    /** Members that are true where further answers follow. */
    static final List<JsonPointer> MORE = pointers("""
      /has_more /hasMore /hasNext /has_next /hasNextPage /meta/has_more /pageInfo/hasNextPage \
      /pagination/has_next_page /more /truncated /isTruncated""");

    /** Members that are false where further answers follow (Spring Data: {@code Page}). */
    static final List<JsonPointer> LAST = pointers("/last /isLast /isLastPage");

    /**
     * Members that hold something where other answers stand before (Spring Data REST); elsewhere it may be the same.
     */
    static final List<JsonPointer> EARLIER = pointers("/_links/prev/href");

    /** Members that are false where other answers stand before. */
    static final List<JsonPointer> FIRST = pointers("/first");

    /** Members that say how long the list is. */
    static final List<JsonPointer> TOTALS = pointers("""
      /total /total_count /totalCount /total_size /totalSize /total_entries /totalResults /totalElements /totalItems \
      /hydra:totalItems /page/totalElements /@odata.count /count /itemCount /pagination/count /response/numFound \
      /meta/total /meta/pagination/total /pagination/total""");

    /** Headers that say how long the list is. */
    static final List<String> TOTAL_HEADERS = List.of("X-Total-Count", "X-Total", "X-WP-Total", "Total", "Total-Count");

    /** What stands for the {@code Link} header (RFC 8288) among the signs. */
    static final String LINK_HEADER = "Link";

    private Signs() {}

    private static List<JsonPointer> pointers(String text) {
        return Stream.of(text.split(" ")).map(JsonPointer::compile).toList();
    }
}
