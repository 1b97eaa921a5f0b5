// Synthetic places for the simulated cameras to look at: streets by day, dusk and
// night, a school gate, a petrol station, a town from above. Ten seconds each,
// that begin again without a seam. Same scene and frame, same picture.
#ifndef GW_TESTS_FARM_SCENE_H
#define GW_TESTS_FARM_SCENE_H

#include "tests/farm/canvas.h"

enum {
    FARM_SCENES = 6,
    FARM_SCENE_FPS = 25,
    FARM_SCENE_FRAMES = 10 * FARM_SCENE_FPS,
};

// A short name for file names and messages.
const char *farm_scene_name(int scene);

// Draws frame 0 to FARM_SCENE_FRAMES - 1, with a frame counter that is readable
// in a small tile. Everything in the picture is drawn anew.
void farm_scene_draw(int scene, int frame, struct farm_canvas *canvas);

#endif
