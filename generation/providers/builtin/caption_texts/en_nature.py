"""English caption texts about nature: water, land, sky, flowers, animals, space."""

from .family import Family

FAMILIES = (
    Family.parse(
        "water",
        words="""
        sea = sea, ocean, wave, coast, coastline, shore, seaside, harbour, harbor, pier, bay, island, reef, surf, surfer, tide | Sea SaltAir CoastalWalks
        beach = beach, seashell, shell, surfboard, sandcastle, shoreline | BeachDay SaltAir
        lighthouse = lighthouse, beacon | Lighthouse CoastalWalks
        boat = boat, ship, sailboat, yacht, canoe, kayak, ferry, sail, dock, marina | Boats SlowTravel
        sealife = fish, koi, goldfish, jellyfish, whale, dolphin, shark, octopus, sea turtle, seahorse, coral, underwater | Underwater SeaLife
        lake = lake, pond, reservoir, lagoon | LakeLife StillWater
        river = river, waterfall, stream, creek, cascade, brook | River WildWater
        """,  # noqa: E501
        tags="Waterside SlowDays",
        hooks="""
        Water has the right of way.
        Some addresses are only water and a view.
        Wet feet, clear head.
        The horizon sends its regards.
        Bring a jacket. Leave the phone.
        One part water, two parts patience.
        The quiet kind of loud.
        sea: Salt first, questions later.
        sea: Today's forecast: horizon.
        sea: The sea has been drafting this for years.
        sea,beach: Same wave, different sentence.
        beach: Office hours: whenever the tide is out.
        beach: Sand in everything, no complaints.
        lighthouse: One job, done beautifully.
        lighthouse: Some of us work nights.
        lighthouse: Tall, patient, never once late.
        boat: Every boat is a plan with a hull.
        boat: Going nowhere, and doing it well.
        sealife: Small bubbles, big opinions.
        sealife: Traffic report from below: all clear.
        lake: A mirror with frogs in it.
        lake: Still water, loud thoughts.
        river: Late for the sea, and not sorry.
        river: The river has the floor.
        """,
        lines="""
        Stand here long enough and the to-do list starts to look optional.
        Water repeats itself all day, and somehow it never gets boring.
        It has been rehearsing this scene for a few thousand years, and it shows.
        It asks for nothing except a place to sit and ten spare minutes.
        Listen closely and you can hear an inbox not being opened.
        The view does most of the talking; the frame only had to hold still.
        Nobody has ever looked at this much water and thought of a spreadsheet.
        Reflections are included, at no extra charge.
        Every picture of water is a promise to come back. This one is in writing.
        The best seat is whichever rock is dry.
        sea: The sea keeps erasing its drafts, and every new one reads better.
        sea: Waves arrive with news from far away and leave before anyone can reply.
        sea: Someone once tried to count the waves. They are still out there, quite happy.
        sea,beach: The tide table is the only schedule worth pinning to the fridge.
        beach: Footprints are the local currency, and the tide collects twice a day.
        beach: Half of the beach comes home in your shoes. That is the souvenir.
        lighthouse: It has one word to say and says it to everyone, in light.
        lighthouse: Built for storms, admired for its manners.
        lighthouse: The keeper says the sea keeps the better diary, so we let it write.
        boat: Somewhere on board there is a map, folded wrong, and nobody minds.
        boat: The rope knows every knot by its first name.
        sealife: Down there everybody yields, and nobody honks.
        sealife: A small lesson in taking turns, taught without a single word.
        lake: Drop one stone and the whole view changes its mind.
        lake: Two landscapes for the price of one, and the lower one wobbles.
        river: It never takes the short way, and it always arrives.
        river: Stones get smooth by letting things go past. Noted.
        """,
        quips="""
        Jacket advised.
        The rest is horizon.
        No lifeguard on duty.
        Tide permitting.
        Mind the splash.
        """,
        calls="""
        Tag the person who would already be in the water.
        Which shore are you missing today?
        Save it for the next long meeting.
        Send it to whoever still has sand in the car.
        """,
    ),
    Family.parse(
        "land",
        words="""
        mountain = mountain, peak, summit, alps, hill, ridge, valley, cliff, volcano, canyon, glacier, hiker, hiking, trail | Mountains HighGround
        forest = forest, wood, woods, woodland, tree, jungle, rainforest, pine, oak, birch, fern, moss, mushroom | IntoTheWoods ForestLight
        field = field, meadow, countryside, farm, barn, prairie, lavender, wheat, vineyard, hay, pasture, village | Countryside OpenFields
        desert = desert, dune, Sahara, oasis, cactus, canyon | DesertLight DryLand
        """,  # noqa: E501
        tags="Outdoors LongWayRound",
        hooks="""
        Out of signal, into the view.
        The long way round, on purpose.
        Good boots, no plan.
        Somewhere the map just says "nice".
        Distance, served neat.
        Ground control to nobody.
        Nothing here needs a password.
        mountain: The mountain did not come to us. Fair enough.
        mountain: Uphill, then a very good reason.
        mountain: A skyline nobody had to build.
        forest: The trees have been discussing you.
        forest: Moss has all the time in the world.
        forest: Come in. Mind the roots.
        field: Room to think, and then some.
        field: Straight lines, soft edges.
        desert: Less, but much more of it.
        desert: Three ingredients: sand, sky, nerve.
        desert: Plenty of nothing, beautifully arranged.
        """,
        lines="""
        The path goes on a little further than the excuse not to walk it.
        Nobody out here has asked for an update since Tuesday.
        The sandwich will taste better at the top. It always does.
        It looks untouched because nobody found a good reason to touch it.
        Some views are worth the blister. This one throws in the second blister for free.
        Silence out here comes in several sizes. This is the large.
        You can see tomorrow from this spot, if you squint.
        The wide shot is not a choice; the place simply refuses to fit.
        Maps give it a number. It deserves at least a paragraph.
        Bring water, bring time, and bring one good question to leave behind.
        mountain: It has not moved in ten million years and still looks ready for its portrait.
        mountain: From up there every problem is about two centimetres tall.
        mountain: Count the ridges. Everyone gets a different number and everyone is right.
        mountain: Going up is exercise. Stopping every ten minutes is the art.
        forest: Every trunk is a slow sentence, and nobody interrupts.
        forest: The light comes in sideways, like a guest who knows the house.
        forest: Somewhere in there an owl is judging the composition.
        forest: Walk ten minutes and the news gets noticeably quieter.
        field: The rows look like handwriting from up the road.
        field: Whoever planted this had patience, a good hat and no meetings.
        field: Out here the weather is the gossip.
        desert: Every dune is a wave that decided to think it over.
        desert: The wind redecorates at night and never sends a bill.
        desert: It keeps its flowers for people who wait.
        """,
        quips="""
        Boots recommended.
        No signal, no problem.
        Worth the walk.
        Population: wind.
        The map agrees.
        """,
        calls="""
        Tag the friend who always says "just one more hill".
        Where would you pitch the tent?
        Save it for a Friday that needs a way out.
        Send it to someone who owes you a walk.
        """,
    ),
    Family.parse(
        "sky",
        words="""
        rain = rain, rainy, drizzle, umbrella, puddle, raindrop, downpour, wet street | RainyDay
        snow = snow, snowy, snowfall, snowflake, ice, icy, frost, frozen, blizzard, snowman | SnowDay
        fog = fog, foggy, mist, misty, haze | FoggyDays
        storm = storm, stormy, thunder, thunderstorm, lightning, hurricane, tornado | StormWatch
        cloud = cloud, cloudy, overcast | CloudStudy
        sky = sky, rainbow | LookUp
        aurora = aurora, northern lights | Aurora NightSky
        wind = wind, windy, breeze, kite | WindyDay
        sun = sunny, sunshine, sunlight, sunlit, sun, sunbeam, clear sky | SunnyDay
        """,
        tags="WeatherDiary LookUp",
        hooks="""
        Weather, doing its own styling.
        The sky had notes.
        Today's headline is overhead.
        Forecast: worth a look.
        The ceiling is having a moment.
        rain: Rain check, accepted.
        rain: Umbrella up, shoulders down.
        rain: Puddles: chandeliers on the ground.
        snow: The whole place on mute.
        snow: White noise, the silent kind.
        snow: Two jumpers and no regrets.
        fog: Some details have been withheld.
        fog: Visibility low, mood high.
        storm: The sky cleared its throat.
        storm: Front-row seats, indoors.
        cloud: Slow traffic overhead.
        aurora: The sky left the lights on.
        aurora: Green, for no reason at all.
        wind: Hair by the wind. No refunds.
        sun: The sun showed up early and overdressed.
        """,
        lines="""
        Everyone talks about the weather. For once it deserves the attention.
        It was all over in ten minutes, which is how you know it was good.
        The forecast promised something else, and nobody is complaining.
        Look up more often; the programme changes without notice.
        No ticket, no queue, and the show still runs late into the evening news.
        Somewhere a meteorologist is pointing at this and smiling.
        The atmosphere is mostly nitrogen. The rest is showing off.
        Free admission, uncomfortable seats, five stars.
        rain: The rain edits the world down to what shines.
        rain: Every street lamp now comes in two copies.
        rain: The umbrella stayed at home, of course. It prefers the dry days.
        rain: It sounds better with a window open a hand's width.
        snow: Every sound takes its shoes off before coming in.
        snow: One pair of footprints, and everyone wonders who had an errand.
        snow: The cold does the focusing; all you add is a mitten with a hole in it.
        fog: The fog keeps the best part for whoever walks closer.
        fog: Half the view is missing, and the other half looks better for it.
        storm: Count the seconds, then pretend you were not counting.
        storm: It rearranged the light first and the garden furniture second.
        cloud: It looks like a whale, then a hat, then your uncle.
        cloud: Clouds never repeat an outfit.
        aurora: Nobody speaks for a minute, and then everybody says the same word.
        wind: It takes your hat and hands you back some perspective.
        wind: You cannot photograph it, only everything it touches.
        sun: Shadows with edges you could cut bread on.
        sun: Even the dust looks rehearsed in this light.
        """,
        quips="""
        Weather permitting, and it did.
        Look up.
        No umbrella involved.
        The forecast missed this.
        """,
        calls="""
        What is it doing outside your window?
        Send it to the friend who checks three weather apps.
        Save it for the next grey Monday.
        """,
    ),
    Family.parse(
        "flowers",
        words="""
        flower = flower, floral, blossom, bloom, petal, rose, tulip, dahlia, sunflower, peony, daisy, lily, orchid, poppy, lotus, bouquet, cherry blossom, hydrangea, iris, wildflower | Flowers InBloom
        garden = garden, plant, houseplant, leaf, leaves, greenhouse, botanical, succulent, ivy, seedling, hedge, herb | GardenNotes Botanical
        """,  # noqa: E501
        tags="GrowSlowly SmallGreenThings",
        hooks="""
        Grown, not hurried.
        Soft power.
        Doing very well without advice.
        Roots first, applause later.
        Somebody remembered the watering can.
        A quiet riot.
        Photosynthesis, but make it pretty.
        garden: Plants: the calmest flatmates.
        garden: Green thumb optional.
        garden: New leaf, literally.
        flower: Open for business, closed at dusk.
        flower: Petals: nature's small print.
        flower: No occasion. That is the occasion.
        flower: Bees approved this message.
        flower: Dressed up, with nowhere to go.
        """,
        lines="""
        It took weeks to get here and will not be asked to hurry now.
        Nobody applauded the roots, so we are doing it here.
        There is no bad side. We checked, walking all the way around.
        It has one strategy, turn to the light, and honestly it works.
        You cannot argue with something that grows through pavement for fun.
        The vase is temporary. The good mood has a longer lease.
        Water, light, and someone to tell it how nice it looks.
        Put it on the table and suddenly everybody sits up straight.
        It does not post about its progress, and still, look at it.
        Half botany, half theatre.
        The secret is patience and a little neglect, in that order.
        Every gardener has one plant they boast about. This would be it.
        flower: Count the petals if you must; the answer is always "enough".
        flower: It opens once, at its own speed, and never does a second take.
        flower: The bees have already left five-star reviews.
        flower: Say it with flowers, then stop talking. That is the whole trick.
        flower: There is a whole geometry lesson in there, and it smells nice.
        flower: Named after a botanist, admired by everyone else.
        garden: One more leaf since Sunday. In this house that is breaking news.
        garden: It has survived two holidays and one overconfident cat.
        garden: Green comes in about forty kinds here, all of them the right one.
        """,
        quips="""
        In no rush.
        The bees agree.
        Water on Tuesdays.
        Handle with awe.
        Freshly opened.
        """,
        calls="""
        Send it instead of a bouquet. It keeps longer.
        Tag someone who talks to plants.
        What is growing on your windowsill?
        Save it for a day without colour.
        """,
    ),
    Family.parse(
        "animals",
        words="""
        cat = cat, kitten, kitty, tabby, feline, siamese | CatsOfTheDay HouseCat
        dog = dog, golden retriever, puppy, pup, hound, labrador, corgi, poodle, retriever, dachshund | GoodDog DogLife
        bird = bird, owl, eagle, hummingbird, parrot, raven, crow, toucan, macaw, sparrow, kingfisher, robin, seagull, gull | Birdwatching Feathers
        fowl = swan, duck, flamingo, penguin, heron, rooster, hen, chicken, peacock, goose, geese, ostrich | Feathers
        horse = horse, pony, mare, donkey, unicorn | Horses
        farm = cow, sheep, goat, llama, alpaca, pig, lamb, calf | FarmFriends
        wild = fox, lion, tiger, bear, wolf, elephant, deer, rabbit, hare, monkey, panda, giraffe, zebra, leopard, jaguar, capybara, hedgehog, squirrel, sloth, koala, otter, raccoon, animal, wildlife, frog, gecko, snake, dinosaur | Wildlife
        insect = bee, butterfly, dragonfly, ladybug, beetle, ant, spider, moth, firefly, insect, snail | SmallWorld
        """,  # noqa: E501
        tags="AnimalsOfNote GoodCompany",
        hooks="""
        Eye contact was negotiated.
        Management has arrived.
        Not pictured: the snack that made this possible.
        Excellent posture, no comment.
        Paid entirely in attention.
        Wild by nature, photogenic by accident.
        cat: Rent: unpaid. Service: superb.
        cat: The landlord will see you now.
        cat: Eleven naps in, still undefeated.
        cat: Judgement, with whiskers.
        cat: This seat was taken before you had it.
        dog: Best day ever, again.
        dog: Good dog. Great angle.
        dog: Somebody heard the word "walk".
        dog: All heart, some drool.
        bird: Wings folded, opinions open.
        bird: Small engine, large song.
        bird: Just passing through, looking expensive.
        fowl: Dressed for a party it is not attending.
        horse,farm: Four legs, one clear opinion.
        farm: Hay now.
        wild: A neighbour we never deserved.
        wild: Do not pet. Do stare.
        insect: Tiny, busy, magnificent.
        insect: Working hours: all of them.
        """,
        lines="""
        We asked for a natural pose. It was already in one.
        It gave us three seconds and then went back to its own affairs.
        No training, no styling, no interest in our opinion.
        The look says everything; the rest of the face is diplomatic.
        Anyone can be looked at. It takes a certain talent to be looked at like this.
        Its calendar is empty, and it is fully booked.
        It has never read a productivity book, and here we all are, staring.
        Fur, feathers or fins: confidence looks the same on everyone.
        Nobody told it this was a portrait, which is the whole charm.
        It owns nothing and behaves like it owns the place.
        cat: It sat exactly where the light was, five minutes before the light got there.
        cat: The plan was another picture. The plan was sat on.
        cat: It knows its name, and files it under "optional reading".
        cat: Somewhere a glass is standing too close to an edge. It is aware.
        cat: It slept through the casting and got the part anyway.
        cat: Affection is available on weekdays, between one mood and the next.
        dog: It forgave us for being away eleven minutes, but it took both sofas.
        dog: The tail is doing most of the acting.
        dog: It has met everyone in the street and kept a stick from each occasion.
        dog: If loyalty had ears, they would be about this shape.
        dog: Nobody has ever been this happy to see us, and we only went to the kitchen.
        bird: It travels lighter than any of us and is never late.
        bird: It stayed for one verse, and then it had a sky to get back to.
        bird: Somebody taught it to land like that. Probably the wind.
        fowl: The walk is not elegant. The confidence is.
        fowl: It has one outfit and has never needed another.
        horse,farm: It listens with both ears, which is two more than most.
        horse,farm: Talk slowly, offer an apple, and wait for the verdict.
        wild: It was here first, and its patience with us is remarkable.
        wild: Out there nobody wears a watch and everybody is on time.
        insect: A whole career in one flower bed, and not a minute late.
        insect: Get close. It has dressed for exactly this distance.
        """,
        quips="""
        No autographs.
        Snacks were involved.
        Fully in charge.
        Do not disturb.
        The real boss.
        """,
        calls="""
        Tag the one at home who thinks this is a portrait of them.
        What would you name this one?
        Send it to someone who talks to every animal they meet.
        Captions from pet owners are welcome below.
        """,
    ),
    Family.parse(
        "space",
        words="""
        space = space, galaxy, nebula, universe, cosmos, cosmic, milky way, black hole, orbit, meteor, comet, asteroid, satellite | Space DeepSky
        planet = planet, Mars, Saturn, Jupiter, earth, alien planet | Planets OtherWorlds
        moon = moon, moonlight, full moon, moonrise, crescent, lunar, eclipse | MoonNotes
        astronaut = astronaut, cosmonaut, spacesuit | Astronaut
        ship = spaceship, spacecraft, rocket, space station, ufo, flying saucer, alien | Spaceship
        star = star, starry, stars, constellation, stargazing, telescope | Stargazing NightSky
        """,
        tags="LookUp FarFromHere",
        hooks="""
        Wish you were weightless.
        Far, far, and a little further.
        Plenty of room at the top.
        No gravity was harmed.
        The commute is long. The view is not bad.
        Postcard rates to orbit have gone up.
        Everything we know fits in one corner of this.
        space: Dark matter, bright mood.
        space: Infinity, cropped to fit.
        planet: Nice place. Odd parking.
        planet: Another world, same wonder.
        moon: The night shift has started.
        moon: One small lamp, very large room.
        astronaut: Out of office, out of orbit.
        astronaut: One small step, many zips.
        ship: Ten, nine, snacks, seven.
        star: Old light, just delivered.
        star: Connect the dots, any order.
        """,
        lines="""
        It makes the inbox look about the right size, which is tiny.
        Light travelled all that way, and the least we could do was look.
        Somewhere out there is a better parking space.
        No sound, no weather, no neighbours. The rent must be something.
        Physics calls it a vacuum. It is the fullest emptiness we know.
        Nobody has been there, so nobody can say we got it wrong.
        The scale bar would not fit in the frame, and neither would the frame.
        Every telescope is just a polite way of staring.
        Pack light. Really light.
        Time runs differently out there, roughly like a Sunday.
        We are made of the same stuff as this, minus the lighting.
        Out there "up" is a matter of taste.
        space: It has been expanding since the beginning and still shows no sign of a plan.
        space: Billions of suns, and not one of them asked to be photographed.
        planet: No map, no towns, no delivery address. Tempting.
        planet: The weather is terrible and the sunsets come in pairs.
        moon: It borrows every bit of its light and never gets a complaint.
        moon: The tides take the credit, and it does not mind.
        astronaut: Training took ten years; the floating took care of itself.
        ship: The parking brake is on. One hopes.
        astronaut: The suit weighs a ton, except here, where nothing does.
        star: Half of them may be gone already. They kept the lights on for us.
        star: Sailors crossed oceans on less than this.
        """,
        quips="""
        Mind the gravity.
        Signal delay: eight minutes.
        No return ticket.
        Houston is fine with it.
        """,
        calls="""
        Who would you take along, and who gets the window seat?
        Save it for the next time somebody says "be realistic".
        Tag someone who would leave on the first rocket.
        """,
    ),
)
