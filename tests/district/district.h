// The demonstration district in memory. Each step below is one file, fills its
// own part and reads the parts above it.
#ifndef GW_DISTRICT_DISTRICT_H
#define GW_DISTRICT_DISTRICT_H

#include "base/rng.h"
#include "tests/district/tiling.h"

enum {
    GW_DISTRICT_CODE = 370812,
    GW_TOWN_COUNT = 10,
    GW_STREET_COUNT = 6, // the first towns; of these the first three are the centre
    GW_CORE_COUNT = 3,
    GW_VILLAGE_COUNT = 440,
    GW_CELL_COUNT = 349,
    GW_DEPARTMENT_COUNT = 20,
    GW_CODE_BYTES = 32,
    GW_NAME_BYTES = 96,
    GW_ROAD_MAX = 1000,
    GW_ROAD_POINT_MAX = 60000,
    GW_CROSSING_MAX = 1000,
    GW_BUILDING_MAX = 10000,
    GW_BLOCK_MAX = 1000,
    GW_SUBCELL_MAX = 30000,
    GW_SUBCELL_POINT_MAX = 200000,
    GW_AREA_MAX = 600,
    GW_AREA_POINT_MAX = 20000,
    GW_PLACE_MAX = 1000,
    GW_CAMERA_MAX = 99999, // the farm's addresses have five digits
};

struct gw_division {
    char code[GW_CODE_BYTES];
    char name[GW_NAME_BYTES];
    struct gw_point seat;
    struct gw_ring ring;
    int town;       // index; of a village
    bool community; // a residents' committee, not a villagers' one
    int grids;      // of a dense community; 0: shares a cell with its neighbours
    int area_tiles;
};

struct gw_cell {
    char code[GW_CODE_BYTES];
    char name[GW_NAME_BYTES];
    struct gw_point seat;
    struct gw_ring ring;
    int village; // index of the one it belongs to
};

enum gw_road_class { GW_ROAD_TRUNK, GW_ROAD_MAIN, GW_ROAD_STREET };

struct gw_road {
    char name[GW_NAME_BYTES];
    enum gw_road_class rank;
    size_t first, n; // in road_points
};

struct gw_crossing {
    struct gw_point at;
    int road, other; // indices
};

struct gw_building {
    struct gw_point corner[4]; // counter-clockwise
    int height_m;
    int u0, v0, u1, v1; // where in its block, in thousandths; 0: in none
};

// A block of a street grid that is lived in, or that one institution has to itself;
// or the houses of a village.
struct gw_block {
    int grid, i, j; // of gw_block_point(); not of a village
    bool village;
    bool special;
    char name[GW_NAME_BYTES];
    size_t first, n; // in buildings, row by row
};

enum gw_subcell_kind {
    GW_SUBCELL_SPECIAL, // special grid: level 3, beside the basic ones
    GW_SUBCELL_COMPOUND,
    GW_SUBCELL_BUILDING,
    GW_SUBCELL_STAIRWELL,
    GW_SUBCELL_KINDS,
};

// A cell inside a grid, or a special grid cut out of one.
struct gw_subcell {
    enum gw_subcell_kind kind;
    char code[GW_CODE_BYTES];
    char name[GW_NAME_BYTES];
    int parent; // in cells (special grid, compound) or subcells, where it comes first
    const struct gw_block *block; // of a special grid or compound
    size_t first, n;              // in subcell_points, counter-clockwise
};

// Water or a green patch.
struct gw_area {
    const char *kind;
    bool water;
    size_t first, n; // in area_points, counter-clockwise
};

enum gw_place_kind {
    GW_PLACE_GOVERNMENT,
    GW_PLACE_SCHOOL,
    GW_PLACE_HOSPITAL,
    GW_PLACE_MALL,
    GW_PLACE_HOTEL,
    GW_PLACE_FUEL,
    GW_PLACE_PLANT,
    GW_PLACE_STATION,
    GW_PLACE_PARK,
    GW_PLACE_COMPOUND,
    GW_PLACE_KINDS,
};

struct gw_place {
    char name[GW_NAME_BYTES];
    enum gw_place_kind kind;
    struct gw_point at;
};

struct gw_camera_spot {
    char id[GW_CODE_BYTES];
    char name[GW_NAME_BYTES];
    struct gw_point at;
    int village, department; // indices
};

struct gw_district {
    uint32_t seed;
    struct gw_rng rng;
    struct gw_tiling *tiling;
    struct gw_ring ring;
    struct gw_division towns[GW_TOWN_COUNT];
    struct gw_division villages[GW_VILLAGE_COUNT];
    struct gw_cell cells[GW_CELL_COUNT];

    struct gw_road roads[GW_ROAD_MAX];
    size_t road_count;
    struct gw_point road_points[GW_ROAD_POINT_MAX];
    size_t road_point_count;
    struct gw_crossing crossings[GW_CROSSING_MAX];
    size_t crossing_count;

    struct gw_area areas[GW_AREA_MAX];
    size_t area_count;
    struct gw_point area_points[GW_AREA_POINT_MAX];
    size_t area_point_count;

    struct gw_building buildings[GW_BUILDING_MAX];
    size_t building_count;
    struct gw_block blocks[GW_BLOCK_MAX];
    size_t block_count;
    struct gw_subcell subcells[GW_SUBCELL_MAX];
    size_t subcell_count;
    struct gw_lonlat subcell_points[GW_SUBCELL_POINT_MAX];
    size_t subcell_point_count;
    struct gw_place places[GW_PLACE_MAX];
    size_t place_count;

    struct gw_camera_spot *cameras; // owned
    size_t camera_count;
};

// Generates everything. Returns 0, -ENOMEM, or -ERANGE when this seed gives an
// area that is not in one piece (take another). `cameras` is 1..GW_CAMERA_MAX.
int gw_district_create(uint64_t seed, size_t cameras, struct gw_district **ret_district);
void gw_district_destroy(struct gw_district *d);

// The steps, in order. Those that can fail return 0, -ENOMEM or -ERANGE.
int gw_district_divide(struct gw_district *d); // towns, villages, cells
void gw_district_name(struct gw_district *d);  // their codes and names
void gw_district_lay_roads(struct gw_district *d);
void gw_district_landscape(struct gw_district *d); // water and green
void gw_district_build(struct gw_district *d);     // buildings, blocks and places
int gw_district_subdivide(struct gw_district *d);  // what is smaller than a grid
int gw_district_place_cameras(struct gw_district *d, size_t n);

// What several steps ask.
bool gw_district_inside(const struct gw_district *d, struct gw_point p);
bool gw_district_in_water(const struct gw_district *d, struct gw_point p);
struct gw_point gw_district_river(uint32_t seed, int32_t y);     // middle of the river
int gw_district_random(struct gw_district *d, int from, int to); // both included

#endif
