"""English caption texts about living things: plants and animals."""

from .family import Family

FAMILIES = (
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
)
